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
        unit: the strongest in that field, as (channel, row, column); None for the drawing.
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

    def header(self) -> dict[str, object]:
        """All but the values."""
        own = {name: value for name, value in vars(self).items() if name not in ("values", "seen")}
        return own | vars(self.seen)


def chain(model: nn.Module, record: Record, pixels: np.ndarray, selection: Selection) -> list[Square]:
    """The squares from the drawing to the selected unit's own.

    Between them stands, of each stage, the map that is strongest in the unit's receptive field. Where the
    stage after it keeps channels apart, that is the map of the same channel. A unit of a vector sees
    everything: then one square a shape will do.

    Args:
        record: of the trace, name -> (1, channel, …) array.
        pixels: (28, 28) in [0, 1]; (3, 32, 32) of a picture in colour, which is shown in grey.
    """
    from torch import nn

    names = [name for name in record if name != "fc_layers.0"]
    names = names[: names.index(selection.stage) + 1]
    seen = _receptive_fields(model, record, names, selection)
    squares = [_square(model, selection.stage, record, seen, selection.channel)]
    for name, later in reversed(list(pairwise(names[1:]))):
        mixes = isinstance(model.get_submodule(later), nn.Conv2d | nn.Linear)
        unit = squares[0].unit
        squares.insert(0, _square(model, name, record, seen, None if mixes or unit is None else unit[0]))
    return [
        _drawing(pixels, seen["input"]),
        *(squares if len(selection.unit) == 3 else _one_a_shape(squares)),
    ]


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
    model: nn.Module, name: str, record: Record, seen: Mapping[str, Field], channel: int | None
) -> Square:
    """The stage's map of that channel, or the one that is strongest in the receptive field."""
    stage = next(stage for stage in stages(model) if stage.name == name)
    values = record[name][0]
    maps = fold(values)
    chosen, row, col = _strongest(maps, seen[name].box, channel if values.ndim == 3 else 0)
    return Square(
        name=name,
        title=stage.title,
        size="×".join(map(str, stage.shape)),
        maps=values.ndim == 3,
        values=maps[chosen],
        scale=stage.scale,
        limit=float(np.abs(values).max()),
        seen=seen[name],
        unit=(chosen, row, col) if values.ndim == 3 else (row * maps.shape[2] + col, 0, 0),
    )


def _strongest(maps: np.ndarray, box: Rectangle, channel: int | None) -> tuple[int, int, int]:
    """The (channel, row, column) of the largest value within the box, in one channel or in all."""
    top, bottom, left, right = box
    first, last = (0, len(maps)) if channel is None else (channel, channel + 1)
    within = maps[first:last, top:bottom, left:right]
    offset, row, col = np.unravel_index(within.argmax(), within.shape)
    return first + int(offset), top + int(row), left + int(col)


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
