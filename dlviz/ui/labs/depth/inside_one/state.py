"""Fields of the Depth lab's state for the view Inside one: what is looked at, and what is changed."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass

from dlviz.ui import fields
from dlviz.ui.fields import read_ranges, write_ranges
from dlviz.ui.labs.depth.same_budget.own_points import EDGE

MOST_UNITS = 2000
MOST_PARAMETERS = 5000
MOST_CHANGES = 40  # weights that a learner may change at once: they travel in the link
STRONGEST = 100.0  # of a weight, either way


def read_changes(text: str) -> dict[int, float]:
    """Changed weights by their places among the network's parameters, from a text such as `7:0.5,30:-2`.

    Raises: ValueError for a text of another kind, too many changes, or a weight too large.
    """
    changes = {}
    for item in text.split(","):
        if not re.fullmatch(r"\d{1,4}:-?\d{1,3}(\.\d{1,6})?", item, re.ASCII):
            raise ValueError(item)
        place, value = item.split(":")
        changes[int(place)] = float(value)
    if len(changes) > MOST_CHANGES or max(changes) >= MOST_PARAMETERS:
        raise ValueError(text)
    if any(abs(value) > STRONGEST for value in changes.values()):
        raise ValueError(text)
    return changes


def write_changes(changes: Mapping[int, float]) -> str:
    """The text that `read_changes` reads."""
    return ",".join(f"{place}:{round(value, 4):.10g}" for place, value in changes.items())


def read_point(text: str) -> tuple[float, float]:
    """A point of the plane that is drawn, from a text such as `0.25,-1`.

    Raises: ValueError for anything else.
    """
    x, y = map(float, text.split(","))
    if not all(math.isfinite(each) and abs(each) <= EDGE for each in (x, y)):
        raise ValueError(text)
    return x, y


@dataclass(frozen=True)
class InsideOneFields:
    """A unit and a point to look at in a network, and changes to it.

    Args:
        unit: the hidden unit that is looked into, counted through all layers from 0; None for one that folds.
        place: a point of the plane whose way through the layers is shown; None for none.
        weights: changed ones: place among the parameters, in PyTorch's order -> value.
        off: units that are switched off.
    """

    unit: int | None = fields.integer(0, MOST_UNITS - 1, None)
    place: tuple[float, float] | None = fields.coded(
        None, read_point, lambda place: ",".join(f"{each:.4g}" for each in place)
    )
    weights: Mapping[int, float] = fields.coded({}, read_changes, write_changes)
    off: list[int] = fields.coded([], lambda text: read_ranges(text, MOST_UNITS), write_ranges)
