"""Questions of the view, answered from its surface, the code behind it, and a script that lays the plane."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from dlviz.questions import Axis, Choice, Number
from dlviz.training.loss_surface import Network, Surface
from dlviz.training.runs import checkpoints, service
from dlviz.ui.labs.landscape.run_plane.captions import find_gap
from dlviz.ui.lesson import ScriptFiles
from dlviz.ui.text_format.numbers import number, percent

NEAR = 10  # percentage points within which a prediction is right
NAME, FILE = "run_plane.py", "checkpoints.safetensors"
SCRIPT = """\
# The plane of training runs: principal directions of their checkpoints, and each one's place in it.
# pip install torch safetensors numpy; python run_plane.py checkpoints.safetensors
import sys

import torch
from safetensors.torch import load_file

# run and step -> all weights that learn, one after the other
data = {tuple(map(int, name.split("/"))): weights for name, weights in load_file(sys.argv[1]).items()}
keys = sorted(data)
points = torch.stack([data[key] for key in keys])  # (checkpoints, weights)

centred = points - points.mean(0)
_, values, directions = torch.linalg.svd(centred, full_matrices=False)
shares = values**2 / (values**2).sum()
print(f"share of the variance: {shares[0]:.4f} along the first axis, {shares[1]:.4f} along the second")

# Several runs: the plane through their common start. A single one: through its last checkpoint.
alone = len({run for run, _ in keys}) == 1
origin = points[-1] if alone else points[0]
plane = directions[:2]
for axis in range(2):  # the sign is free: the largest difference counts as positive
    along = centred @ plane[axis]
    plane[axis] *= along[along.abs().argmax()].sign()
for (run, step), (first, second) in zip(keys, ((points - origin) @ plane.T).tolist()):
    print(f"run {run + 1}, step {step}: ({first:.4f}, {second:.4f})")
"""


def main_question(surface: Surface | None = None) -> Number:
    """Ask how much of the checkpoints' movement the best plane holds; answered once it is laid.

    Args:
        surface: None before.
    """
    asked = Number(
        name="share",
        text="While a network learns, each of its many weights moves, in a direction of its own. Through the "
        "points that are kept on the way, the checkpoints, the plane that fits best is laid. How much of "
        "their movement, the variance, does this flat picture hold?",
        scale=Axis("of the variance", 0, 100, "%"),
        step=1,
        tolerance=NEAR,
        answer=None,
        hints=[
            "Each of the many weights moves at each step. Do they all move as they like, or together?",
            "A run that goes straight ahead needs one dimension, however many weights it has. And three runs "
            "that go separate ways?",
        ],
        why="Why does a plane hold so much of so many dimensions, or so little?",
        because="",
    )
    if surface is None or surface.shares is None:
        return asked
    first, second = surface.shares
    return replace(
        asked,
        answer=100 * (first + second),
        because=f"{percent(first)} along the first axis, and {percent(second)} along the second.",
    )


def questions(surface: Surface, names: Sequence[str]) -> list[Choice]:
    """Questions to predict before looking."""
    furthest = max(surface.stems, key=find_gap)
    if find_gap(furthest) == 0:
        return []
    steps = sorted({stem.step for stem in surface.stems if stem.network == furthest.network})
    # Early ones lie close together: a third of the checkpoints is not a third of the run.
    options = [f"In the {which} third of them" for which in ("first", "middle", "last")]
    third = 3 * steps.index(furthest.step) // len(steps)
    return [
        Choice(
            name="longest",
            text="Of all checkpoints, one has the longest stem. Where among those of its run does it stand?",
            options=options,
            answer=options[third],
            hints=[
                "Look along the lower picture, where the checkpoints stand in their order.",
                (
                    "Find the longest stem. Does it stand near the beginning, in the middle or near the "
                    "end of its run?"
                ),
            ],
            because=f"{names[furthest.network]}, step {furthest.step:,}: {number(furthest.loss)} against "
            f"{number(furthest.shadow)}.",
        )
    ]


def shown_code() -> list[Callable | type]:
    """The code that laid the plane and measured the loss in it."""
    from dlviz.landscape.surface import LossOfWeights, principal_plane

    return [principal_plane, LossOfWeights]


def script_files(networks: Sequence[Network]) -> ScriptFiles:
    """The file of checkpoints that the script reads."""

    def pack() -> bytes:
        from safetensors.torch import save

        from dlviz.landscape.surface import flatten_weights
        from dlviz.training.state import State

        kept = {}
        for at, network in enumerate(networks):
            folder = service.shared().store.folder(network.name)
            for step in network.steps:
                model = State.load(checkpoints.path(folder, step)).model()
                kept[f"{at}/{step}"] = flatten_weights(model)
        return save(kept)

    return {FILE: pack}
