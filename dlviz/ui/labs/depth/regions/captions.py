"""Sentences about a network's regions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from dlviz.plane.sawtooth import choose_shapes, count_teeth, count_weights
from dlviz.ui.labs.depth.one_network import OneNetwork
from dlviz.ui.labs.depth.regions.forward import RegionsPass
from dlviz.ui.labs.depth.regions.state import SIZES
from dlviz.ui.labs.depth.state import State
from dlviz.ui.text_format.numbers import counted, number

if TYPE_CHECKING:
    from dlviz.ui.labs.depth.regions.sawtooth import Fit

# Activation -> why there are no regions to count.
WITHOUT: Mapping[str, str] = {
    "tanh": "Tanh bends the plane everywhere, smoothly: no piece is flat, so it has no linear regions.",
    "sigmoid": "Sigmoid bends the plane everywhere, smoothly: no piece is flat, so it has no linear regions.",
    "none": "Without an activation a network is one affine function, however deep: the plane is one region.",
}
EXACT = 1e-5  # an error up to here is rounding


def verdict(one: OneNetwork, passed: RegionsPass, state: State) -> str:
    """Say how many regions there are."""
    layers = counted(one.shape.depth, "hidden layer")
    changed = ", as changed here" if state.weights or state.off else ""
    return (
        f"{layers} of {counted(passed.units, 'unit')}, after {counted(one.steps, 'step')}{changed}: "
        f"**{counted(passed.by_layers[-1], 'linear region')}**"
    )


def name_layers(layers: int) -> str:
    """Name the layers whose units count, 0 for all."""
    if not layers:
        return "all layers"
    return "layer 1" if layers == 1 else f"layers 1 to {layers}"


def layer_by_layer(passed: RegionsPass) -> str:
    """Say how many regions there are as more and more layers count."""
    counts = [f"{count:,}" for count in passed.by_layers]
    if len(counts) == 1:
        return (
            f"One layer of {counted(passed.units, 'unit')} draws as many straight lines, at most. "
            "The regions are what the lines cut the plane into."
        )
    return (
        f"The units of layer 1 alone cut this plane into {counts[0]} regions; "
        + ", ".join(f"with layer {layer} there are {count}" for layer, count in enumerate(counts[1:], 2))
        + "."
    )


def compare_depths(counts: Mapping[int, int], network: int) -> str:
    """Say how many regions the networks of all depths have, whose number of weights is nearly the same.

    Args:
        counts: hidden layers -> regions.
        network: which of each depth, from 0.
    """
    listed = ", ".join(f"{count:,} with {counted(depth, 'layer')}" for depth, count in counts.items())
    most = max(counts, key=counts.__getitem__)
    return (
        f"Regions of network {network + 1} of each depth, all on the same budget: {listed}. "
        f"Most regions: **{counted(most, 'layer')}**."
    )


def check(passed: RegionsPass) -> str:
    """Say how the functions agree with autograd."""
    side = len(passed.numbers)
    counted_on = f"Counted on {side} × {side} points: a region that has none of them is missed."
    if not passed.checked:
        return counted_on
    where = "all regions" if passed.checked == passed.count else f"the first {passed.checked:,} regions"
    return (
        f"{counted_on} PyTorch’s autograd finds the same slopes in {where}: they differ by at most "
        f"{number(passed.error, '.1g')}."
    )


SAWTOOTH = (
    "Two units can fold a line once: up, then down, like a tent. The next layer folds the folded line. One "
    "layer with the same number of weights has more units, side by side."
)
LEARNED, FITS = 0.9, 0.1  # shares of a flat line's error, above which nothing is learned, below which all is
SAME = 0.01  # of a flat line's error: two errors so near are equal
# Of 25 pairs of 5 and 5 seeds, so few go the other way by chance in 1 of 20 cases at most (Mann, Whitney).
LUCK = 2


def name_size(name: str, tents: int) -> str:
    """Name the size of the networks that are trained."""
    budget = SIZES[name]
    return f"{6 * tents + 1}, as by hand" if budget is None else f"up to {budget}"


def name_way(way: str, tents: int, size: str, is_trained: bool) -> str:
    """Name a network that is to draw the saw-tooth: as it is set by hand and, if it is, as it is trained."""
    by_hand, trained = choose_shapes(tents)[way], choose_shapes(tents, SIZES[size])[way]
    if not is_trained or by_hand == trained:
        return f"**{_name_shape(by_hand)}**"
    return f"**{_name_shape(by_hand)}** by hand; **{_name_shape(trained)}** trained"


def _name_shape(shape: tuple[int, int]) -> str:
    depth, width = shape
    return f"{counted(depth, 'layer')} of {counted(width, 'unit')}, {count_weights(depth, width)} weights"


def by_hand(tents: int, fits: Mapping[str, Fit]) -> str:
    """Say what the networks with weights set by hand draw."""
    teeth = counted(count_teeth(tents), "tooth", "teeth")
    wide = fits["wide"].hand_error
    pieces = f"{2 * count_teeth(tents)} straight pieces"
    if wide < EXACT:
        return f"**By hand**, both draw {teeth} exactly: {pieces}."
    return (
        f"**By hand**, {counted(tents, 'layer')} of 2 units draw {teeth} exactly. That takes {pieces}; "
        f"one layer of {2 * tents} units has {2 * tents + 1} at most: it draws "
        f"{counted(tents - 1, 'tooth', 'teeth')} and stays in the middle, with an error of "
        f"{number(wide, '.2f')}."
    )


def trained(steps: int, fits: Mapping[str, Fit], flat: float) -> str:
    """Say how near the trained networks come, and whether one kind is ahead beyond luck.

    Args:
        flat: error of a flat line at the saw-tooth's mean.
    """
    deep, wide = fits["deep"].errors, fits["wide"].errors
    told = (
        f"**Trained** for {counted(steps, 'step')} from {len(deep)} seeds, root mean squared errors: deep "
        f"{_extent(deep)}, one layer {_extent(wide)}. A flat line at the mean has {number(flat, '.3f')}."
    )
    if min(deep.min(), wide.min()) > LEARNED * flat:
        return (
            f"{told} Neither draws more than a flat line: **weights of the deep network that fit exist, but "
            "training does not find them.**"
        )
    if max(deep.max(), wide.max()) < FITS * flat:
        return f"{told} Both draw it from every seed."
    gaps = wide[:, None] - deep
    deeper, wider = int((gaps > SAME * flat).sum()), int((gaps < -SAME * flat).sum())
    pairs = f"Of {gaps.size} pairs of seeds, the deep network is nearer in {deeper}, one layer in {wider}"
    even = (gaps.size - deeper - wider) / 2
    if wider + even <= LUCK:
        return f"{told} {pairs}: **the deep network is ahead**."
    if deeper + even <= LUCK:
        return (
            f"{told} {pairs}: **one layer is ahead**, so depth does not help here. Weights with which the "
            "deep network fits exist, but training does not find them."
        )
    return f"{told} {pairs}: **within luck**."


def _extent(errors: np.ndarray) -> str:
    return f"{number(errors.min(), '.3f')} to {number(errors.max(), '.3f')}"


def describe_fit(way: str, tents: int, hand_error: float, errors: np.ndarray) -> str:
    """Text alternative of a network's curves; errors (seeds,) of those that are trained, if any."""
    depth, width = choose_shapes(tents)[way]
    teeth = counted(count_teeth(tents), "tooth", "teeth")
    learned = f"; the best of {len(errors)} trained ones {number(errors.min(), '.2f')}" if len(errors) else ""
    return (
        f"{counted(depth, 'layer')} of {counted(width, 'unit')} over a saw-tooth of {teeth}: set by hand, "
        f"the error is {number(hand_error, '.2f')}{learned}."
    )
