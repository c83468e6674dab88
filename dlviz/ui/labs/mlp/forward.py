"""Forward pass of the MLP lab: a drawing through the network, as the learner has set it up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from dlviz.ui.labs.mlp.networks import FullyConnectedNetwork, HiddenLayer
from dlviz.ui.labs.mlp.state import PREDICTED, State

if TYPE_CHECKING:
    from torch import Tensor, nn

    from dlviz.arithmetic import WeightedSum
    from dlviz.trace import Edit


@dataclass(frozen=True, eq=False)
class ForwardPass:
    """A drawing, and all that an MLP makes of it.

    Args:
        pixels: (28, 28) float32 in [0, 1].
        record: name -> (1, unit) array; of the input (1, 1, 28, 28).
        probabilities: (classes,) float32, summing to 1.
        off: layer, counted from 1 -> units that were switched off.
        untouched: the same with none switched off; None where none are.
    """

    network: FullyConnectedNetwork
    pixels: np.ndarray
    record: dict[str, np.ndarray]
    probabilities: np.ndarray
    off: Mapping[int, list[int]] = field(default_factory=dict)
    untouched: ForwardPass | None = None

    @property
    def model(self) -> nn.Module:
        """The network itself."""
        return self.network.model

    @property
    def logits(self) -> np.ndarray:
        """(classes,) float32, before the softmax."""
        return self.record[self.network.output][0]

    @property
    def predicted(self) -> int:
        """Index of the most probable class."""
        return int(self.probabilities.argmax())

    @property
    def answer(self) -> str:
        """Name of the most probable class."""
        return self.network.classes[self.predicted]

    def activations(self, layer: int) -> np.ndarray:
        """Activations of a hidden layer, counted from 1: (units,) float32, none below 0."""
        return self.record[self.network.hidden_layers[layer - 1].relu][0]

    def sum_of(self, layer: int, unit: int) -> WeightedSum:
        """The sum of one hidden unit, of the first layer with inputs and weights as (1, 28, 28) pictures."""
        return weighted_sum(self, self.network.hidden_layers[layer - 1].linear, unit)

    def contributions(self, target: int) -> np.ndarray:
        """Contribution of each unit of the last hidden layer to the logit of a class: (units,) float64."""
        return weighted_sum(self, self.network.output, target).products


def forward(network: FullyConnectedNetwork, pixels: np.ndarray, state: State) -> ForwardPass:
    """Trace a drawing through the network, with those of the units switched off that it has.

    Args:
        pixels: (28, 28) float32 in [0, 1].
    Raises: BadWeights if the network of a run overflows.
    """
    import torch

    from dlviz.trace import trace

    off = existing_units(network, state.off)
    logits, record = trace(network.model, as_input(pixels[None]), switch_off_edits(network, off))
    probabilities = torch.softmax(logits, dim=1)[0].numpy()
    untouched = forward(network, pixels, replace(state, off={})) if off else None
    return ForwardPass(network, pixels, record, probabilities, off, untouched)


def as_input(pictures: np.ndarray) -> Tensor:
    """Drawings (n, 28, 28) in [0, 1] as the networks read them: (n, 1, 28, 28) float32 in [−1, 1]."""
    import torch

    from dlviz.data.digits import normalise

    return normalise(torch.from_numpy(np.ascontiguousarray(pictures)))


def switch_off_edits(network: FullyConnectedNetwork, off: Mapping[int, list[int]]) -> dict[str, Edit]:
    """The edits that switch these units off: name -> edit."""
    from dlviz.trace import switch_off

    layers = network.hidden_layers
    return {layers[layer - 1].relu: switch_off(units) for layer, units in off.items()}


def unit_counts(network: FullyConnectedNetwork) -> list[int]:
    """Number of units of each hidden layer, the first first."""
    return [len(network.model.get_parameter(f"{each.linear}.weight")) for each in network.hidden_layers]


def existing_units(network: FullyConnectedNetwork, off: Mapping[int, list[int]]) -> dict[int, list[int]]:
    """Layer -> those of the units that the network has; a layer without any is left out."""
    existing = {
        layer: [unit for unit in off.get(layer, []) if unit < count]
        for layer, count in enumerate(unit_counts(network), 1)
    }
    return {layer: units for layer, units in existing.items() if units}


def clamp_choices(network: FullyConnectedNetwork, state: State) -> dict[str, object]:
    """Fields that speak of what the network does not have, with the values that take their place."""
    counts = unit_counts(network)
    layer = min(state.layer, len(counts))
    classes = len(network.classes)
    clamped = {
        "layer": layer,
        "unit": state.unit if state.unit is not None and state.unit < counts[layer - 1] else None,
        "off": existing_units(network, state.off),
        "answer": state.answer if state.answer in (PREDICTED, *map(str, range(classes))) else PREDICTED,
    }
    return {name: value for name, value in clamped.items() if value != getattr(state, name)}


def weighted_sum(passed: ForwardPass, layer: str, unit: int) -> WeightedSum:
    """The sum of one unit of a linear layer, by its name."""
    from dlviz.arithmetic import WeightedSum, explain_unit

    found = explain_unit(passed.model, passed.record, layer, (unit,))
    assert isinstance(found, WeightedSum)
    return found


@dataclass(frozen=True)
class InkSum:
    """A unit's sum, told from empty paper: what paper alone gives, and what the ink adds to it.

    Paper goes in as −1 and full ink as 1, so a pixel of ink p adds p · 2 · weight to what paper gave.

    Args:
        products: (1, 28, 28) float64, 0 where there is no ink.
        paper: the sum for a drawing without ink, bias included.
    """

    products: np.ndarray
    paper: float

    @property
    def total(self) -> float:
        """The unit's sum, as the layer computes it."""
        return float(self.products.sum() + self.paper)


def ink_sum(pixels: np.ndarray, found: WeightedSum) -> InkSum:
    """Tell a first-layer unit's sum from empty paper.

    Args:
        pixels: (28, 28) float32 in [0, 1].
    """
    weights = found.weights.astype(np.float64)
    return InkSum(2 * pixels[None] * weights, found.bias - float(weights.sum()))


def shown_unit(passed: ForwardPass, state: State) -> int:
    """The unit looked at: the learner's choice, else the one that adds most to the answer's logit.

    In an earlier layer than the last, where no unit adds to a logit itself, it is the most active one.
    """
    if state.unit is not None:
        return state.unit
    if state.layer == len(passed.network.hidden_layers):
        return int(passed.contributions(passed.predicted).argmax())
    return int(passed.activations(state.layer).argmax())


def shown_order(passed: ForwardPass, state: State) -> np.ndarray:
    """Numbers (units,) of the shown layer's units in the order in which they are drawn."""
    activations = passed.activations(state.layer)
    return (
        np.argsort(-activations, kind="stable")
        if state.order == "activation"
        else np.arange(len(activations))
    )


def target(passed: ForwardPass, state: State) -> int:
    """Index of the class whose logit is taken apart."""
    return passed.predicted if state.answer == PREDICTED else int(state.answer)


def layer_weights(network: FullyConnectedNetwork, layer: HiddenLayer) -> np.ndarray:
    """Weights of a hidden layer: (unit, 28, 28) of the first, (unit, inputs) of later ones; float32."""
    weights = network.model.get_parameter(f"{layer.linear}.weight").numpy(force=True)
    return weights.reshape(-1, 28, 28) if layer.reads == "layers.0" else weights


def lead(logits: np.ndarray, target: int) -> float:
    """Lead of a class's logit over the largest other of (classes,); below 0 where another is ahead."""
    return float(logits[target] - np.delete(logits, target).max())


def off_until_it_tips(passed: ForwardPass, layer: int) -> tuple[list[int], bool]:
    """Units of a layer to switch off, the most helpful first, until the answer is another; True if it is.

    Where it stays to the end, these are all units.
    """
    off, now = list(passed.off.get(layer, [])), passed
    state = State(off=dict(passed.off))
    answer = passed.predicted
    count = len(passed.activations(layer))
    while now.predicted == answer and len(off) < count:
        off.append(strongest_left(now, layer, off))
        state = replace(state, off={**state.off, layer: sorted(off)})
        now = forward(passed.network, passed.pixels, state)
    return sorted(off), now.predicted != answer


def strongest_left(passed: ForwardPass, layer: int, off: list[int]) -> int:
    """Of the units that are on, the one that adds most to the answer's logit; in earlier layers, most active.

    Args:
        off: units of the layer that are off.
    """
    last = layer == len(passed.network.hidden_layers)
    worth = passed.contributions(passed.predicted) if last else passed.activations(layer)
    worth = worth.astype(float)
    worth[off] = -np.inf
    return int(worth.argmax())
