"""State of the Race lab: what its views show."""

from dataclasses import dataclass

from dlviz.ui import fields
from dlviz.ui.lab import Lab
from dlviz.ui.labs.race.contest.state import ContestFields
from dlviz.ui.labs.race.inside_both.state import InsideFields
from dlviz.ui.labs.race.stress_tests.state import StressFields
from dlviz.ui.labs.race.table.state import TableFields

VIEWS = {"race": "Race", "stress": "Stress tests", "inside": "Inside both", "table": "Table"}
# View -> the situation of its opening in the lesson.
OPENINGS = {"race": "", "stress": "stress tests", "inside": "both insides", "table": "the table"}


@dataclass(frozen=True)
class State(ContestFields, StressFields, InsideFields, TableFields):
    """Choices of a learner in all views."""

    view: str = fields.choice(VIEWS, "race")


LAB = Lab("race", State)
