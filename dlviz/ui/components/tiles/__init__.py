"""Small matrices in groups: kernels, heat maps over the drawing, hidden units."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dlviz.ui.components import load_component
from dlviz.ui.components.wire_format import pack

_component = load_component("tiles")


@dataclass(frozen=True)
class Group:
    """Tiles that belong together.

    Args:
        values: (count, height, width).
        scale: name of one of the palette's colour scales.
        columns: tiles in a row.
        cell: size of a value in pixels.
        limit: value of full colour; 0 for the largest there is.
        selected: index of the tile that is outlined; −1 for none.
        over: lay the drawing over each tile.
        item: word for one tile.
        crossed: indices of the tiles that are crossed out.
        names: of the rows, which are also those of the columns; without them both have numbers.
        rows: bars under the tiles: the label, a share in [0, 1], and the text beside it.
    """

    title: str
    note: str
    values: np.ndarray
    scale: str
    alt: str
    columns: int = 16
    cell: int = 10
    limit: float = 0.0
    selected: int = -1
    over: bool = False
    item: str = "map"
    crossed: tuple[int, ...] = ()
    names: Sequence[str] = ()
    rows: tuple[tuple[str, float, str], ...] = ()


def tiles(key: str, groups: Sequence[Group], under: np.ndarray | None = None) -> None:
    """Draw groups of tiles beside each other.

    Args:
        under: the drawing (28, 28) in [0, 1] for groups with `over`.
    """
    arrays = {str(index): group.values.astype(np.float32) for index, group in enumerate(groups)}
    if under is not None:
        arrays["under"] = under[None].astype(np.float32)
    described = [
        {name: value for name, value in vars(group).items() if name != "values"} | {"name": str(index)}
        for index, group in enumerate(groups)
    ]
    _component(key=key, data=pack({"groups": described}, arrays))
