"""Fields of the Training lab's state for the view Time machine."""

from dataclasses import dataclass

from dlviz.networks import NETWORKS
from dlviz.ui import fields

KINDS = {"kernels": "Kernels", "maps": "Feature maps", "attention": "Attention", "gates": "Gates"}
FIRST_LOOK = {name: spec.first_look for name, spec in NETWORKS.items()}  # the kind that is shown at first
LATEST, NOTHING = -1, -1  # the newest checkpoint; nothing beside it
MOST = 10**9  # steps
LONGEST_NAME = 40  # characters of a part's name


def check_part(text: str) -> None:
    """Let through what may name a part of a network; raises ValueError for anything else."""
    if len(text) > LONGEST_NAME or not text.replace(".", "").replace("_", "").isalnum():
        raise ValueError("no part of a network")


@dataclass(frozen=True)
class TimeMachineFields:
    """The part of a run's network that is shown, and at which checkpoints.

    Args:
        what: kind of picture, a key of `KINDS`; empty for the network's first look.
        part: of the network, by its name in a trace.
        at: step of the checkpoint that is looked at, or `LATEST`.
        beside: step of the one that it is compared with, or `NOTHING`.
        text: sentence or text that is read by the network.
        photo: number of a photograph that it looks at.
    """

    what: str = fields.choice(["", *KINDS], "")
    part: str = fields.text("", check_part)
    at: int = fields.integer(LATEST, MOST, LATEST)
    beside: int = fields.integer(NOTHING, MOST, NOTHING)
    text: str = fields.text("")
    photo: int = fields.integer(0, 9_999, 0)
