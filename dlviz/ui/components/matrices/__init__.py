"""Matrices drawn in the browser as heat maps, each as wide as there is room, with a name for each row."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dlviz.ui.components import load_component
from dlviz.ui.components.wire_format import pack

_component = load_component("matrices")


@dataclass(frozen=True, eq=False)
class Matrix:
    """One of them.

    Args:
        values: (height, width).
        scale, limit: one of the palette's, and the value of full colour (0: the largest).
        row: pixels of a row.
        rows: their names; without them a row is called by `item` and its number, a column by `column`,
            counted from 1.
        basis: pixels that it is wide, about.
    """

    title: str
    note: str
    values: np.ndarray
    alt: str
    scale: str = "diverging"
    limit: float = 0.0
    row: float = 26
    rows: Sequence[str] = ()
    item: str = "row"
    column: str = "unit"
    basis: int = 230


def matrices(key: str, shown: Sequence[Matrix]) -> None:
    """Draw them beside each other."""
    described = [
        {name: value for name, value in vars(matrix).items() if name != "values"} | {"name": str(index)}
        for index, matrix in enumerate(shown)
    ]
    arrays = {str(index): matrix.values.astype(np.float32) for index, matrix in enumerate(shown)}
    _component(key=key, data=pack({"matrices": described}, arrays))
