"""Fields of the Race lab's state for the view Table."""

from dataclasses import dataclass

from dlviz.ui import fields


@dataclass(frozen=True)
class TableFields:
    """Parts of the table that the learner has asked for.

    Args:
        stressed: true if the networks of a pair are put under the stress tests.
    """

    stressed: bool = fields.flag()
