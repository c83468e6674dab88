"""Receptive field of a unit of a convolutional network, on its input and on every stage between."""

from dataclasses import dataclass

from torch import nn

from dlviz.arithmetic import Record, input_name
from dlviz.arithmetic.windows import Windows, windows

Span = tuple[int, int]


@dataclass(frozen=True)
class Box:
    """A rectangle of positions of a map; each span is (start, stop), without the stop.

    rows, cols: the part on the map. all_rows, all_cols: with the padding round it, which may start below 0
        and stop beyond the map.
    """

    rows: Span
    cols: Span
    all_rows: Span
    all_cols: Span


def receptive_field(model: nn.Module, record: Record, stage: str, row: int, col: int) -> dict[str, Box]:
    """Receptive field of a unit on each map before it: name -> box, from the unit itself back to the input.

    Values outside the box cannot change the unit; every value in it can, where no dilation leaves gaps.

    Args:
        model: a network of convolution, batch norm, ReLU and max pooling layers that run one after another.
        record: of a trace, for the names and sizes of the maps (batch, channel, height, width).
        stage: a name of the record.
        row, col: the unit's position on the stage's maps.
    Raises: ValueError if there is no such stage or position, or a layer on the way reads more than maps.
    """
    if stage not in record:
        raise ValueError(f"There is no stage {stage!r}; there are {', '.join(record)}.")
    if record[stage].ndim != 4:
        raise ValueError(f"{stage} has no maps: its units see the whole input.")
    height, width = record[stage].shape[2:]
    if not (0 <= row < height and 0 <= col < width):
        raise ValueError(f"{stage} has no position ({row}, {col}) on maps of {height}×{width}.")
    seen = [({row}, {row}), ({col}, {col})]
    boxes = {stage: _box(seen)}
    while stage != next(iter(record)):
        layer, stage = model.get_submodule(stage), input_name(record, stage)
        sizes = record[stage].shape[2:]
        seen = [_before(*on, axis, size) for on, axis, size in zip(seen, windows(layer), sizes, strict=True)]
        boxes[stage] = _box(seen)
    return boxes


def _before(on_map: set[int], anywhere: set[int], axis: Windows, size: int) -> tuple[set[int], set[int]]:
    """Positions that these positions of a layer's output read: on the map, and padding included."""
    read = {int(position) for index in on_map for position in axis.positions(index)}
    read_anywhere = {int(position) for index in anywhere for position in axis.positions(index)}
    # Padding is left out at every layer: through it nothing can be seen of the layers before.
    return read & set(range(size)), read_anywhere


def _box(seen: list[tuple[set[int], set[int]]]) -> Box:
    (rows, all_rows), (cols, all_cols) = seen
    return Box(_span(rows), _span(cols), _span(all_rows), _span(all_cols))


def _span(positions: set[int]) -> Span:
    return min(positions), max(positions) + 1
