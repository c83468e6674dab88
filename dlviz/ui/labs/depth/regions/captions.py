"""Sentences about a network's regions."""

from collections.abc import Mapping

from dlviz.plane.networks import ACTIVATIONS
from dlviz.ui.labs.depth.one_network import OneNetwork
from dlviz.ui.labs.depth.regions.forward import RegionsPass
from dlviz.ui.labs.depth.state import State
from dlviz.ui.text_format.numbers import counted, number

# Activation -> why there are no regions to count.
WITHOUT: Mapping[str, str] = {
    "tanh": "Tanh bends the plane everywhere, smoothly: no piece of it is flat, so there are no linear regions.",
    "sigmoid": "Sigmoid bends the plane everywhere, smoothly: no piece of it is flat, so there are no linear regions.",
    "none": "Without an activation the whole network is one affine function, however deep: the plane is one region.",
}
assert {*WITHOUT, "relu"} == {*ACTIVATIONS}


def verdict(one: OneNetwork, passed: RegionsPass, state: State) -> str:
    """Say how many regions there are."""
    layers = counted(one.shape.depth, "hidden layer")
    edited = " as changed here," if state.weights or state.off else ""
    return (
        f"{layers} of {counted(passed.units, 'unit')},{edited} after {one.steps:,} steps: "
        f"**{counted(passed.by_layers[-1], 'linear region')}**"
    )


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
