"""A network's probabilities of all its classes: a name, a bar and a percentage in each row."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dlviz.ui.components import load_component
from dlviz.ui.components.wire_format import pack
from dlviz.ui.text_format.numbers import counted, probability

MOST = 12  # classes with a bar of their own
Row = tuple[str, float, str]  # the label, a share in [0, 1], and the share as text

_component = load_component("bars")


def bars(
    key: str, classes: Sequence[str], probabilities: np.ndarray, title: str = "", note: str = ""
) -> None:
    """Draw a bar for each class, the likeliest first.

    Args:
        classes: their names, as others wrote them.
        probabilities: (classes,) float in [0, 1].
        title, note: above the bars.
    """
    header = {"title": title, "note": note, "rows": class_rows(classes, probabilities)}
    _component(key=key, data=pack(header, {}))


def class_rows(classes: Sequence[str], probabilities: np.ndarray) -> list[Row]:
    """A row for each class, the likeliest first; of many, the least likely share the last one.

    Args:
        probabilities: (classes,) float in [0, 1].
    """
    order: list[int] = probabilities.argsort(kind="stable")[::-1].tolist()
    shown = order if len(order) <= MOST else order[: MOST - 1]
    rows = [_row(classes[at], float(probabilities[at])) for at in shown]
    if rest := len(order) - len(shown):
        left = float(probabilities[order[len(shown) :]].sum())
        rows.append(_row(f"{counted(rest, 'other class', 'other classes')} together", left))
    return rows


def _row(label: str, share: float) -> Row:
    return label, share, probability(share)
