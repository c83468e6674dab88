"""Weights as a picture with a cell each, two of which are marked; a click marks another."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dlviz.ui.components import events, load_component
from dlviz.ui.components.wire_format import half, pack

_component = load_component("weight_cells")


def weight_cells(
    key: str, values: np.ndarray, marked: Sequence[int], rows: str, columns: str, alt: str
) -> None:
    """Draw weights; `events.numbers(key, "pick", 1)` tells the place of a cell that a learner has chosen.

    Args:
        values: (rows, columns) float.
        marked: places of both chosen weights, row by row; −1 for one that is not among these.
        rows, columns: what a row and a column stand for, such as `unit`.
        alt: what the picture shows now, in words.
    """
    header = {
        "marked": list(marked),
        "rows": rows,
        "columns": columns,
        "alt": alt,
        "heard": events.latest(key, "pick"),
    }
    _component(key=key, data=pack(header, {"values": half(values)}), on_pick_change=events.heard)
