"""State of the Transfer learning lab: what its three views show."""

from dataclasses import dataclass

from dlviz.ui import fields
from dlviz.ui.lab import Lab
from dlviz.ui.labs.transfer.few_examples.state import FewExamplesFields
from dlviz.ui.labs.transfer.own_classes.state import OwnClassesFields
from dlviz.ui.labs.transfer.what_changed.state import WhatChangedFields

VIEWS = {"few": "A few examples", "own": "My own classes", "changed": "What changed, what was lost"}
# View -> the situation of its opening in the lesson.
OPENINGS = {"few": "", "own": "my own classes", "changed": "a tuned network"}


@dataclass(frozen=True)
class State(FewExamplesFields, OwnClassesFields, WhatChangedFields):
    """Choices of a learner in all three views."""

    view: str = fields.choice(VIEWS, "few")


LAB = Lab("transfer", State)
