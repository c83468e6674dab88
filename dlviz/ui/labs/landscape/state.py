"""State of the Loss landscape lab."""

from dataclasses import dataclass

from dlviz.ui.lab import Lab
from dlviz.ui.labs.landscape.two_weights.state import TwoWeightsFields


@dataclass(frozen=True)
class State(TwoWeightsFields):
    """Choices of a learner."""


LAB = Lab("landscape", State)
