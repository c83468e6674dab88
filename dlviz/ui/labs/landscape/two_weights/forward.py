"""Pass of the view: the loss over two weights, and the ways of all optimizers from one start."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

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
        layer: place of their layer in the network's chain.
        chosen: the two weights.
        trained: (2,) their values in the trained network, in the middle of the picture.
        loss: there.
        first, second: (side,) values of each weight.
        losses: (side, side), one row for each value of the second.
        function: the loss of any two values.
    """

    layer: int
    chosen: tuple[Weight, Weight]
    trained: np.ndarray
    loss: float
    first: np.ndarray
    second: np.ndarray
    losses: np.ndarray
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


def chosen_layer(trained: Trained, state: TwoWeightsFields) -> int:
    """Place of the chosen layer in the network's chain."""
    return trained.linear[min(state.layer, len(trained.linear) - 1)]


def choose_weights(trained: Trained, state: TwoWeightsFields) -> tuple[Weight, Weight]:
    """Choose the learner's two weights; for those that the layer does not have, where the loss bends most."""
    layer = chosen_layer(trained, state)
    units, inputs = trained.weights(layer).shape
    chosen = [each for each in (state.one, state.two) if each and each.unit < units and each.input < inputs]
    if len(chosen) == 2 and chosen[0] != chosen[1]:
        return chosen[0], chosen[1]
    bends = curvatures(trained.chain, layer, trained.inputs, trained.measure)
    most = np.argsort(-bends, axis=None, kind="stable")
    best = [Weight(*map(int, divmod(place, inputs))) for place in most[:3]]
    free = [each for each in best if each not in chosen]
    first, second, *_ = [*chosen[-1:], *free]
    return first, second


def measure(trained: Trained, layer: int, chosen: tuple[Weight, Weight], reach: str) -> Surface:
    """Measure the loss around where two weights stand."""
    function = TwoWeights(trained.chain, layer, chosen, trained.inputs, trained.measure)
    middle = function.values.numpy().astype(np.float64)
    with torch.no_grad():
        loss = float(function.loss(function.values))
    return Surface(
        layer, chosen, middle, loss, *measure_surface(function, middle, REACHES[reach], SIDE), function
    )


def race(surface: Surface, start: tuple[int, int], rate: str) -> ForwardPass:
    """Let all optimizers walk from one start."""
    walks = {
        name: walk(surface.function, surface.place(*start), name, RATES[rate], STEPS) for name in OPTIMIZERS
    }
    return ForwardPass(surface, walks, RATES[rate])
