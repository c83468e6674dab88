"""The way from the drawing to a unit: one map of every stage, with the unit's receptive field on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from math import isqrt
from typing import TYPE_CHECKING

import numpy as np

from dlviz.ui.components.unit.selection import MOST_CLASSES, Selection
from dlviz.ui.components.wall import stages

if TYPE_CHECKING:
    from torch import nn

    from dlviz.arithmetic import Record

Rectangle = tuple[int, int, int, int]  # top, bottom, left, right; the map's row `bottom` is not in it


@dataclass(frozen=True)
class Field:
    """Receptive field of a unit on a map.

    Args:
        box: as far as it lies on the map.
        around: the whole of it, with the padding round the map.
        margin: the room that padding takes at most, whichever unit of the stage is selected.
    """

    box: Rectangle
    around: Rectangle
    margin: int = 0


@dataclass(frozen=True, eq=False)
class Square:
    """One map of the chain.

    Args:
        name: of its stage.
        title: of the stage on the wall.
        size: shape of the stage, as it is shown.
        maps: True where the stage has maps, False where it is a vector.
        values: (height, width); a vector is folded into rows.
        limit: the largest value of the whole stage.
        seen: receptive field of the selected unit.
        unit: the one on the way, as (channel, row, column); None for the drawing.
        windows: of the stage, as `wall.Stage` has them.
    """

    name: str
    title: str
    size: str
    maps: bool
    values: np.ndarray
    scale: str
    limit: float
    seen: Field
    unit: tuple[int, int, int] | None
    windows: tuple[tuple[int, int, int, int], ...] = ()

    def header(self) -> dict[str, object]:
        """All but the values."""
        own = {name: value for name, value in vars(self).items() if name not in ("values", "seen")}
        return own | vars(self.seen)


def chain(
    model: nn.Module, record: Record, pixels: np.ndarray, selection: Selection, part: int | None = None
) -> list[Square]:
    """The squares from the drawing to the selected unit's own.

    Between them stands, of each stage, the map on the way to the unit: from the unit back to the input that
    contributes most to it, from that to the one that contributes most to that, and so on. A unit of a vector
    sees everything: then one square a shape will do.

    Args:
        record: of the trace, name -> (1, channel, …) array.
        pixels: (28, 28) in [0, 1]; (3, 32, 32) of a picture in colour, which is shown in grey.
        part: of a sum, the channel or input to begin with instead of the one that contributes most.
    """
    names = [name for name in record if name != "fc_layers.0"]
    names = names[: names.index(selection.stage) + 1]
    seen = _receptive_fields(model, record, names, selection)
    unit = (selection.channel, selection.row, selection.col)
    squares = [_square(model, selection.stage, record, seen, unit)]
    for name, later in reversed(list(pairwise(names[1:]))):
        unit, part = _source(model, record, later, unit, part), None
        squares.insert(0, _square(model, name, record, seen, unit))
    return [
        _drawing(pixels, seen["input"]),
        *(squares if len(selection.unit) == 3 else _one_a_shape(squares)),
    ]


def _source(
    model: nn.Module, record: Record, name: str, unit: tuple[int, int, int], part: int | None
) -> tuple[int, int, int]:
    """The (channel, row, column) in the stage before that contributes most to a unit of a stage.

    Args:
        part: of a sum, the channel or input to stay in.
    """
    from dlviz.arithmetic import Convolution, MaxPool, WeightedSum, explain_unit

    arithmetic = explain_unit(model, record, name, unit[: record[name].ndim - 1])
    if isinstance(arithmetic, MaxPool):
        return (unit[0], *arithmetic.source)
    if not isinstance(arithmetic, WeightedSum):
        return unit
    if part is None or not 0 <= part < len(arithmetic.channel_sums):
        part = int(np.abs(arithmetic.channel_sums).argmax())
    products = np.abs(arithmetic.products[part])
    if products.ndim == 0:  # an entry of a vector
        return (part, 0, 0)
    if isinstance(arithmetic, Convolution):
        products = np.where(arithmetic.padded, -1, products)
    row, col = (int(i) for i in np.unravel_index(products.argmax(), products.shape))
    if isinstance(arithmetic, Convolution):
        row, col = int(arithmetic.rows[row]), int(arithmetic.cols[col])
    return (part, row, col)


def _drawing(pixels: np.ndarray, seen: Field) -> Square:
    size, scale = "×".join(map(str, pixels.shape)), "ink" if pixels.ndim == 2 else "light"
    grey = pixels.reshape(-1, *pixels.shape[-2:]).mean(axis=0, dtype=np.float32)
    return Square("input", "input", size, True, grey, scale, 1.0, seen, None)


def fold(values: np.ndarray) -> np.ndarray:
    """Lay a vector out as one map (1, height, width), classes in a column; maps stay as they are."""
    if values.ndim == 3:
        return values
    columns = 1 if len(values) <= MOST_CLASSES else isqrt(len(values))
    return values.reshape(1, -1, columns)


def _one_a_shape(squares: list[Square]) -> list[Square]:
    """The last square of every shape, the one before the last square, and that."""
    kept = [square for square, after in pairwise(squares[:-1]) if square.size != after.size]
    return [*kept, *squares[-2:]]


def _square(
    model: nn.Module, name: str, record: Record, seen: Mapping[str, Field], unit: tuple[int, int, int]
) -> Square:
    """The stage's map that a unit (channel, row, column) is on."""
    stage = next(stage for stage in stages(model) if stage.name == name)
    values = record[name][0]
    maps = fold(values)
    return Square(
        name=name,
        title=stage.title,
        size="×".join(map(str, stage.shape)),
        maps=values.ndim == 3,
        values=maps[unit[0] if values.ndim == 3 else 0],
        scale=stage.scale,
        limit=float(np.abs(values).max()),
        seen=seen[name],
        unit=unit,
        windows=stage.windows,
    )


def _receptive_fields(
    model: nn.Module, record: Record, names: list[str], selection: Selection
) -> dict[str, Field]:
    """Stage -> the unit's receptive field on it."""
    from dlviz.receptive_field import receptive_field

    if len(selection.unit) == 1:
        return _fields_of_vector_unit(model, record, names, selection.channel)
    at_unit = receptive_field(model, record, selection.stage, selection.row, selection.col)
    # Padding reaches furthest out from the first unit: what rounding leaves out lies at the other end.
    at_corner = receptive_field(model, record, selection.stage, 0, 0)
    return {
        name: Field((*box.rows, *box.cols), (*box.all_rows, *box.all_cols), -at_corner[name].all_rows[0])
        for name, box in at_unit.items()
    }


def _fields_of_vector_unit(
    model: nn.Module, record: Record, names: list[str], index: int
) -> dict[str, Field]:
    """One entry, as far back as layers keep entries apart; before that everything: stage -> field."""
    from torch import nn

    seen, everything = {}, False
    for name, later in zip(reversed(names), [None, *reversed(names)], strict=False):
        everything = everything or (later is not None and isinstance(model.get_submodule(later), nn.Linear))
        _, height, width = fold(record[name][0]).shape
        row, col = divmod(index, width)
        box = (0, height, 0, width) if everything else (row, row + 1, col, col + 1)
        seen[name] = Field(box, box)
    return seen
