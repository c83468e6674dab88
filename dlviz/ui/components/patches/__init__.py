"""Attention laid over a digit in the browser: one token's weights on the 49 patches, in several panels."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dlviz.ui.components import events, load_component
from dlviz.ui.components.wire_format import pack

_component = load_component("patches")


@dataclass(frozen=True, eq=False)
class Panel:
    """The digit once, with a weight on each patch.

    Args:
        weights: (50,), that of the class token first.
    """

    title: str
    note: str
    weights: np.ndarray


def patches(
    key: str,
    digit: np.ndarray,
    panels: Sequence[Panel],
    tokens: Sequence[str],
    pinned: int,
    note: str = "",
) -> None:
    """Draw the panels; `events.numbers(key, "pin", 1)` tells which patch a learner pins, −1 for none.

    Args:
        digit: (28, 28) in [0, 1].
        tokens: names of the class token and the patches.
        pinned: the token that looks; −1 for the class token.
        note: below the panels, where a patch is always pinned; without it a second click lets go of one.
    """
    header = {
        "panels": [{"title": panel.title, "note": panel.note} for panel in panels],
        "tokens": tokens,
        "pinned": pinned,
        "note": note,
        "heard": events.latest(key, "pin"),
    }
    arrays = {
        "digit": digit.astype(np.float32),
        "weights": np.stack([panel.weights for panel in panels]).astype(np.float32),
    }
    _component(key=key, data=pack(header, arrays), on_pin_change=events.heard)
