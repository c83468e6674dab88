"""Sentences about a network that is looked into."""

from dlviz.ui.labs.depth.inside_one.forward import ForwardPass
from dlviz.ui.labs.depth.one_network import OneNetwork
from dlviz.ui.labs.depth.state import State
from dlviz.ui.text_format.numbers import counted, percent


def too_small(state: State) -> str:
    """Say that the budget has no room for so many layers."""
    return (
        f"A budget of {state.budget:,} weights is too small for {counted(state.one_depth, 'hidden layer')}: "
        "choose fewer layers, or a larger budget in the first view."
    )


def verdict(one: OneNetwork, passed: ForwardPass, state: State) -> str:
    """Say what network it is, how long it has learned, and how many points it gets right."""
    layers = counted(one.shape.depth, "hidden layer")
    count = len(one.points.labels)
    edited = " as changed here" if state.weights or state.off else ""
    return (
        f"{layers} of {counted(one.shape.width, 'unit')}, after {one.steps:,} steps{edited}: "
        f"{percent(passed.right / count)} of {count:,} points right"
    )
