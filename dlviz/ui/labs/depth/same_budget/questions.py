"""Questions of the view, and the code behind it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from dlviz.plane.budget import choose_width, count_weights
from dlviz.plane.networks import Cohort, PlaneNetwork, Stack
from dlviz.plane.points import Points
from dlviz.scripts.templates import fill, pack
from dlviz.ui.labs.depth.cohort import Learning, chosen_shapes
from dlviz.ui.labs.depth.same_budget.state import SameBudgetFields
from dlviz.ui.lesson import Question

SCRIPT_NAME = "dlviz_depth.py"


def questions(state: SameBudgetFields) -> list[Question]:
    """Two questions to predict."""
    return [_straight(), *_narrower(state)]


def _straight() -> Question:
    return Question(
        name="straight",
        text="Choose the activation “none”. Which depths can then part the spirals?",
        options=["The deepest", "All of them", "None of them"],
        answer="None of them",
        hint="Without an activation, a layer after a layer is a matrix times a matrix.",
        because="A product of matrices is one matrix: at every depth the boundary is one straight line.",
    )


def _narrower(state: SameBudgetFields) -> list[Question]:
    shapes = chosen_shapes(state)
    if len(shapes) < 2:
        return []
    shallow, deep = shapes[0], shapes[-1]
    options = [
        f"{width:,}" for width in sorted({deep.width, shallow.width, max(2, shallow.width // deep.depth)})
    ]
    return [
        Question(
            name="narrower",
            text=f"With {state.budget:,} weights, how many units has each of {deep.depth} layers?",
            options=options,
            answer=f"{deep.width:,}",
            hint="From layer to layer each unit is joined to every other. How many weights is that?",
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
