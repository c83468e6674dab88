"""Fields of the Depth lab's state for the view Inside one: a network, what is looked at, and what is changed in it."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass

from dlviz.plane.budget import DEPTHS
from dlviz.ui import fields
from dlviz.ui.fields import read_ranges, write_ranges

NETWORKS = 3  # of each depth
MOST_UNITS = 2000
MOST_PARAMETERS = 5000
MOST_CHANGES = 40  # weights that a learner may change at once: they travel in the link
STRONGEST = 100.0  # of a weight, either way
REACH = 1.3  # the plane is drawn this far from its middle


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
    return ",".join(f"{place}:{value:.4f}".rstrip("0").rstrip(".") for place, value in changes.items())


def read_point(text: str) -> tuple[float, float]:
    """A point of the plane that is drawn, from a text such as `0.25,-1`.

    Raises: ValueError for anything else.
    """
    x, y = map(float, text.split(","))
    if not all(math.isfinite(each) and abs(each) <= REACH for each in (x, y)):
        raise ValueError(text)
    return x, y


@dataclass(frozen=True)
class InsideOneFields:
    """A network, what is looked at, and what is changed in it.

    Args:
        one_depth: hidden layers of the network.
        one_network: which of the networks of that depth, from 0; each began with another seed.
        unit: the hidden unit that is looked into, counted through all layers from 0.
        place: a point of the plane whose way through the layers is shown; None for none.
        weights: changed ones: place among the parameters, in PyTorch's order -> value.
        off: units that are switched off.
    """

    one_depth: int = fields.integer(DEPTHS[0], DEPTHS[-1], 3)
    one_network: int = fields.integer(0, NETWORKS - 1, 0)
    unit: int = fields.integer(0, MOST_UNITS - 1, 0)
    place: tuple[float, float] | None = fields.coded(
        None, read_point, lambda place: ",".join(f"{each:.4g}" for each in place)
    )
    weights: Mapping[int, float] = fields.coded({}, read_changes, write_changes)
    off: list[int] = fields.coded([], lambda text: read_ranges(text, MOST_UNITS), write_ranges)
