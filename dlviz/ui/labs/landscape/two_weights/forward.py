"""Pass of the view: the loss over two weights, and the ways of all optimizers from one start."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import torch

from dlviz.landscape.two_weights import (
    OPTIMIZERS,
    SIDE,
    TwoWeights,
    Walk,
    Weight,
    curvatures,
    measure_surface,
    walk,
)
from dlviz.ui.labs.landscape.two_weights.networks import Trained
from dlviz.ui.labs.landscape.two_weights.state import RATES, REACHES, STEPS, TwoWeightsFields


@dataclass(frozen=True, eq=False)
class Surface:
    """The loss over two weights.

    Args:
        chosen: the two weights.
        trained: (2,) their values in the trained network, in the middle of the picture.
        loss: there.
        first, second: (side,) values of each weight.
        losses: (side, side), one row for each value of the second.
        labels: (count,) that the loss is measured against.
        function: the loss of any two values.
    """

    chosen: tuple[Weight, Weight]
    trained: np.ndarray
    loss: float
    first: np.ndarray
    second: np.ndarray
    losses: np.ndarray
    labels: torch.Tensor
    function: TwoWeights

    @property
    def lowest(self) -> tuple[int, int]:
        """Column and row of the lowest loss that was measured."""
        row, column = np.unravel_index(int(self.losses.argmin()), self.losses.shape)
        return int(column), int(row)

    def place(self, column: int, row: int) -> np.ndarray:
        """Values (2,) of the weights at a place of the grid."""
        return np.array([self.first[column], self.second[row]])


@dataclass(frozen=True, eq=False)
class ForwardPass:
    """A surface and the optimizers' ways over it.

    Args:
        walks: optimizer -> its way.
        rate: learning rate of all.
    """

    surface: Surface
    walks: Mapping[str, Walk]
    rate: float

    def loss_of(self, optimizer: str, step: int) -> float:
        """Loss of an optimizer after so many steps; its last one where it has ended sooner."""
        losses = self.walks[optimizer].losses
        return float(losses[min(step, len(losses) - 1)])


def choose_weights(trained: Trained, state: TwoWeightsFields) -> tuple[Weight, Weight]:
    """Choose the learner's two weights; where there are fewer, those along which the loss bends most."""
    chosen = [each for each in (state.one, state.two) if each]
    free = [each for each in find_bent(trained, state.layer) if each not in chosen]
    first, second, *_ = [*chosen, *free]
    return first, second


def find_missing(trained: Trained, state: TwoWeightsFields) -> list[str]:
    """Find the fields that name a weight which the layer does not have, or the other one again."""
    units, inputs = trained.weights(state.layer).shape
    missing = [
        name
        for name, weight in (("one", state.one), ("two", state.two))
        if weight and not (weight.unit < units and weight.input < inputs)
    ]
    return missing or (["two"] if state.two and state.two == state.one else [])


@lru_cache(maxsize=16)
def find_bent(trained: Trained, layer: int) -> tuple[Weight, Weight, Weight]:
    """Find the three weights of a linear layer along which the loss bends most.

    Args:
        layer: counted from 0 among the linear ones.
    """
    bends = curvatures(trained.chain, trained.linear[layer], trained.inputs, trained.measure)
    most = np.argsort(-bends, axis=None, kind="stable")
    first, second, third = (Weight(*map(int, divmod(place, bends.shape[1]))) for place in most[:3])
    return first, second, third


def measure(trained: Trained, layer: int, chosen: tuple[Weight, Weight], reach: str) -> Surface:
    """Measure the loss around where two weights stand.

    Args:
        layer: counted from 0 among the linear ones.
    """
    place = trained.linear[layer]
    function = TwoWeights(trained.chain, place, chosen, trained.inputs, trained.measure)
    middle = function.values.numpy().astype(np.float64)
    with torch.no_grad():
        loss = float(function.loss(function.values))
    measured = measure_surface(function, middle, REACHES[reach], SIDE)
    return Surface(chosen, middle, loss, *measured, trained.labels, function)


def race(surface: Surface, start: tuple[int, int], rate: str) -> ForwardPass:
    """Let all optimizers walk from one start."""
    walks = {
        name: walk(surface.function, surface.place(*start), name, RATES[rate], STEPS) for name in OPTIMIZERS
    }
    return ForwardPass(surface, walks, RATES[rate])
