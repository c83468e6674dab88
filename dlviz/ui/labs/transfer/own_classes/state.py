"""Fields of the Transfer learning lab's state for the view My own classes."""

from dataclasses import dataclass

from dlviz.transfer.embedded_sets import SETS
from dlviz.transfer.picture_sets import PICTURES
from dlviz.ui import fields

EMPTY = "none"  # the start with no pictures at all


@dataclass(frozen=True)
class OwnClassesFields:
    """How pictures are looked at; pictures of a learner's own cannot travel in a link.

    Args:
        own_start: the embedded set that the learner begins with, or EMPTY.
        own_start: str = fields.choice((EMPTY, *SETS), next(iter(SETS)))
    own_shown: number of the picture whose answer is shown, among all of the set.
        own_flattering: test as others do too, on pictures drawn at random.
    """

    own_start: str = fields.choice((EMPTY, *SETS), next(iter(SETS)))
    own_shown: int = fields.integer(0, PICTURES - 1, 0)
    own_flattering: bool = fields.flag()
