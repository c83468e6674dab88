"""The pictures of a class, small: one of them can be chosen."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dlviz.ui.components import events, load_component
from dlviz.ui.components.wire_format import pack

_component = load_component("thumbnails")


def thumbnails(
    key: str, label: str, names: Sequence[str], sheet: bytes, marks: Sequence[str], chosen: int = -1
) -> None:
    """Draw them; `events.numbers(key, "pick", 1)` tells which one a learner has chosen.

    Args:
        label: of all of them together.
        names: of the pictures, `name_jpeg`.
        sheet: `make_sheet` of the pictures; empty if there are none.
        marks: a text alternative for each.
        chosen: place of the one that is outlined; −1 for none.
    """
    header = {
        "label": label,
        "names": list(names),
        "marks": list(marks),
        "chosen": chosen,
        "heard": events.latest(key, "pick"),
    }
    _component(
        key=key, data=pack(header, {"sheet": np.frombuffer(sheet, np.uint8)}), on_pick_change=events.heard
    )
