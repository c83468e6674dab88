"""The network of a training run, in the CNN lab."""

from __future__ import annotations

from dlviz.networks import NETWORKS
from dlviz.training.runs.store import UnknownRun
from dlviz.ui.components.wall import reads
from dlviz.ui.labs.cnn.state import LAB
from dlviz.ui.runs import opening
from dlviz.ui.runs.live_run import watched
from dlviz.ui.server import model_cache

PREFIX = "run:"


def checkpoint(run: str) -> str:
    """Which weights the run's newest checkpoint has, in one word.

    Raises: BadWeights if there is no such run, or it has none yet.
    """
    return f"{PREFIX}{run}:{opening.newest(run)}"


def opened(weights: str) -> opening.Opened:
    """The network of `checkpoint`.

    Raises: BadWeights if the checkpoint is damaged or of a network that this lab cannot show.
    """
    return opening.opened(weights.removeprefix(PREFIX).split(":")[0], LAB)


def in_colour(run: str) -> bool:
    """True if the run's network reads pictures in colour; False if there is no such run."""
    try:
        found = watched(run)
        found.look()
    except UnknownRun:
        return False
    spec = NETWORKS.get(str(found.start.get("network")))
    if spec is None or LAB not in spec.labs:
        return False
    return reads(model_cache.untrained(spec.class_name, 0))[0] > 1
