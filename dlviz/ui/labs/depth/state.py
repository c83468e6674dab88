"""State of the Depth lab: what its views show."""

from dataclasses import dataclass

from dlviz.ui import fields
from dlviz.ui.lab import Lab
from dlviz.ui.labs.depth.hierarchy.state import HierarchyFields
from dlviz.ui.labs.depth.inside_one.state import InsideOneFields
from dlviz.ui.labs.depth.regions.state import RegionsFields
from dlviz.ui.labs.depth.same_budget.state import SameBudgetFields
from dlviz.ui.labs.depth.too_deep.state import TooDeepFields

VIEWS = {
    "budget": "Same budget, six depths",
    "inside": "Inside one",
    "regions": "Regions",
    "layers": "Layer by layer",
    "deep": "Too deep",
}
# View -> the situation of its opening in the lesson.
OPENINGS = {
    "budget": "",
    "inside": "one network",
    "regions": "regions",
    "layers": "layers",
    "deep": "twenty layers",
}


@dataclass(frozen=True)
class State(SameBudgetFields, InsideOneFields, RegionsFields, HierarchyFields, TooDeepFields):
    """Choices of a learner in all views."""

    view: str = fields.choice(VIEWS, "budget")


LAB = Lab("depth", State)
