"""Who looks at whom, drawn in the browser: the weights of one layer, as a map or as lines between tokens."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from dlviz.ui.components import events, load_component
from dlviz.ui.components.wire_format import pack

_component = load_component("looks")


@dataclass(frozen=True, eq=False)
class Picture:
    """A layer's weights.

    Args:
        tokens: those that look and are looked at.
        patterns: head -> (query, key), each row sums to 1; the first is the one that the map shows, the
            lines are those of all.
        title, alt: over the picture, and as its text alternative.
        pinned: the token whose row is shown alone, or −1.
        view: map or lines.
        limit: the weight of the darkest colour; 0 for the largest of the map.
    """

    tokens: Sequence[str]
    patterns: Mapping[int, np.ndarray]
    title: str
    alt: str
    pinned: int
    view: str
    limit: float


def looks(key: str, picture: Picture) -> None:
    """Draw it; `events.numbers(key, "pin", 1)` tells which token a learner pins, −1 for none."""
    header = {name: value for name, value in vars(picture).items() if name != "patterns"}
    header |= {"heads": list(picture.patterns), "heard": events.latest(key, "pin")}
    arrays = {"patterns": np.stack(list(picture.patterns.values())).astype(np.float32)}
    _component(key=key, data=pack(header, arrays), on_pin_change=events.heard)
