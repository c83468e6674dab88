"""Sentences about a network that is looked into."""

from dlviz.ui.labs.depth.inside_one.forward import ForwardPass
from dlviz.ui.labs.depth.one_network import OneNetwork
from dlviz.ui.labs.depth.state import State
from dlviz.ui.text_format.numbers import counted, percent


def verdict(one: OneNetwork, passed: ForwardPass, state: State) -> str:
    """Say what network it is, how long it has learned, and how many points it gets right."""
    layers = counted(one.shape.depth, "hidden layer")
    count = len(one.points.labels)
    changed = ", as changed here" if state.weights or state.off else ""
    right = f"{percent(passed.right / count)} of {counted(count, 'point')} right" if count else "no points"
    units = counted(one.shape.width, "unit")
    return f"{layers} of {units}, after {counted(one.steps, 'step')}{changed}: {right}"
