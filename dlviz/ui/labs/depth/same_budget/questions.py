"""Questions of the view, and the code behind it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from dlviz.plane.budget import choose_width, count_weights
from dlviz.plane.networks import Cohort, PlaneNetwork, Shape, Stack
from dlviz.plane.points import Points
from dlviz.questions import Choice
from dlviz.scripts.templates import fill, pack
from dlviz.ui.labs.depth.cohort import Learning, chosen_shapes
from dlviz.ui.labs.depth.same_budget.captions import find_leader
from dlviz.ui.labs.depth.same_budget.state import SameBudgetFields
from dlviz.ui.text_format.numbers import counted, percent

NONE = "None of them: it may be luck"
SCRIPT_NAME = "dlviz_depth.py"


def main_question(
    shapes: Sequence[Shape], tested: np.ndarray | None, held_out: int, rests: bool
) -> Choice | None:
    """Ask which depth is best on new points; None where they cannot be compared.

    Args:
        tested: (depths, seeds) shares that are right, None before they have learned.
        held_out: points that they are tested on.
        rests: true if the networks do not learn just now.
    """
    if len(shapes) < 2 or not held_out:
        return None
    names = [counted(shape.depth, "layer") for shape in shapes]
    asked = Choice(
        name="best_depth",
        text=(
            "Every network has about as many weights, in more or fewer layers. Which will be right most "
            "often on new points?"
        ),
        options=[*names, NONE],
        answer=None,
        hints=[
            "Look at the points: could the straight folds of one layer follow their border?",
            "The more layers, the narrower each must be. Three networks of each depth show what is luck.",
        ],
        why="What do more layers bring here, and what do they cost?",
        because="",
    )
    if tested is None:
        return asked
    best, beaten = find_leader(tested, held_out)
    means = ", ".join(f"{name} {percent(share)}" for name, share in zip(names, tested.mean(1), strict=True))
    level = [name for at, name in enumerate(names) if best is not None and at != best and at not in beaten]
    return replace(
        asked,
        answer=NONE if best is None else names[best],
        as_good=level,
        because=f"Right on new points, on average over {tested.shape[1]} networks: {means}." if rests else "",
    )


def questions(state: SameBudgetFields) -> list[Choice]:
    """Two questions to predict."""
    return [_straight(), *_narrower(state)]


def _straight() -> Choice:
    return Choice(
        name="straight",
        text="Choose the activation “none”. Which depths can then separate the spirals?",
        options=["The deepest", "All of them", "None of them"],
        answer="None of them",
        hints=[
            "Without an activation, a layer after a layer is a matrix times a matrix.",
            (
                "Multiply the matrices: a single one is left. What shape can the border between its "
                "classes have?"
            ),
        ],
        because="A product of matrices is one matrix: at every depth the boundary is one straight line.",
    )


def _narrower(state: SameBudgetFields) -> list[Choice]:
    shapes = chosen_shapes(state)
    if len(shapes) < 2:
        return []
    shallow, deep = shapes[0], shapes[-1]
    options = [
        f"{width:,}" for width in sorted({deep.width, shallow.width, max(2, shallow.width // deep.depth)})
    ]
    return [
        Choice(
            name="narrower",
            text=f"With {state.budget:,} weights, how many units has each of {deep.depth} layers?",
            options=options,
            answer=f"{deep.width:,}",
            hints=[
                "From layer to layer each unit is joined to every other. How many weights is that?",
                (
                    "Between two layers of n units there are n × n weights. How large may n be, so that "
                    "all fit the budget?"
                ),
            ],
            because=f"{deep.depth} layers of {deep.width:,} units need "
            f"{count_weights(deep.depth, deep.width):,} weights and biases. One layer alone may have "
            f"{shallow.width:,} units, since it is joined to 2 inputs and 1 output.",
        )
    ]


def shown_code() -> list[Callable | type]:
    """The networks, their sizes, and how all of them learn at once."""
    return [choose_width, PlaneNetwork, Stack, Cohort]


def script(learning: Learning, state: SameBudgetFields) -> str:
    """Write a script of plain PyTorch that trains the network that is drawn large on the same points."""
    shapes = learning.cohort.shapes
    depths = [shape.depth for shape in shapes]
    shape = shapes[depths.index(min(state.large_depth, depths[-1]))]
    return fill(
        "depth",
        depth=shape.depth,
        width=shape.width,
        activation={"relu": "ReLU", "tanh": "Tanh", "sigmoid": "Sigmoid", "none": "Identity"}[
            state.activation
        ],
        seed=state.seed + state.large_seed,
        rate=state.rate,
        decay=state.decay,
        steps=state.steps,
        learned=_packed(learning.points),
        held_out=_packed(learning.held_out),
    )


def _packed(points: Points) -> str:
    """Points as text: (count, 3), both coordinates and the class."""
    return pack(np.concatenate([points.xy, points.labels[:, None]], 1))
