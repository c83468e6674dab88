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

    `values` is (count, height, width); `scale` one of the palette's; `limit` the value of full colour, by
    default the largest; `cell` the size of a value in pixels; `over` lays the drawing over each tile;
    `item` is the word for one tile, `crossed` are crossed out; `rows` are bars
    under the tiles, each a label, a share in [0, 1] and what is written beside it.
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
    rows: tuple[tuple[str, float, str], ...] = ()


def tiles(key: str, groups: Sequence[Group], under: np.ndarray | None = None) -> None:
    """Draw the groups beside each other; `under` is the drawing (28, 28) for those with `over`."""
    arrays = {str(index): group.values.astype(np.float32) for index, group in enumerate(groups)}
    if under is not None:
        arrays["under"] = under[None].astype(np.float32)
    described = [
        {name: value for name, value in vars(group).items() if name != "values"} | {"name": str(index)}
        for index, group in enumerate(groups)
    ]
    _component(key=key, data=pack({"groups": described}, arrays))
