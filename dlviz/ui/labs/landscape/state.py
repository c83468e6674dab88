"""State of the Loss landscape lab: what its views show."""

from dataclasses import dataclass

from dlviz.ui import fields
from dlviz.ui.lab import Lab
from dlviz.ui.labs.landscape.neighbourhood.state import NeighbourhoodFields
from dlviz.ui.labs.landscape.run_plane.state import RunPlaneFields
from dlviz.ui.labs.landscape.two_weights.state import TwoWeightsFields

VIEWS = {"two": "Two weights", "plane": "A run’s plane", "near": "A neighbourhood"}
# View -> the situation of its opening in the lesson.
OPENINGS = {"two": "", "plane": "a run’s plane", "near": "a neighbourhood"}


@dataclass(frozen=True)
class State(TwoWeightsFields, RunPlaneFields, NeighbourhoodFields):
    """Choices of a learner in all views."""

    view: str = fields.choice(VIEWS, "two")


LAB = Lab("landscape", State)
