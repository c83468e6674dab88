"""From a model and a trace of it to the arithmetic of one unit, layer by layer."""

from collections.abc import Mapping

import numpy as np
from torch import Tensor, nn

from dlviz.arithmetic.units import (
    Arithmetic,
    Convolution,
    DropoutUnit,
    Flattened,
    MaxPool,
    Normed,
    Relu,
    WeightedSum,
)
from dlviz.arithmetic.windows import windows

Record = Mapping[str, np.ndarray]


def explain_unit(model: nn.Module, record: Record, stage: str, unit: tuple[int, ...]) -> Arithmetic:
    """Write out the arithmetic of one unit of a stage, in the numbers of a trace, interventions included.

    Args:
        model: the network that was traced; its layers run one after another.
        record: the trace's record, of (batch, …) arrays; the first example of the batch is explained.
        stage: a name of the record that is also a layer of the model, such as `conv_layers.3`.
        unit: (channel, row, column) of a map, (index,) of a vector.
    Raises: ValueError if there is no such stage or unit, or its kind of layer is not written out here.
    """
    before = input_name(record, stage)
    layer_input, values = record[before][0], record[stage][0]
    _check_unit(stage, unit, values.shape)
    shown = float(values[unit])
    match layer := dict(model.named_modules()).get(stage):
        case nn.Conv2d(padding_mode="zeros"):
            return _convolution(layer, layer_input, unit, shown)
        case nn.BatchNorm1d(training=False) | nn.BatchNorm2d(training=False):
            return _normed(layer, float(layer_input[unit]), unit[0], shown)
        case nn.ReLU():
            return Relu(shown, float(layer_input[unit]))
        case nn.MaxPool2d():
            return _max_pool(layer, layer_input, values.shape[1:], unit, shown)
        case nn.Flatten():
            origin = tuple(int(i) for i in np.unravel_index(unit[0], layer_input.shape))
            return Flattened(shown, float(layer_input[origin]), origin)
        case nn.Linear():
            return _weighted_sum(layer, layer_input, _unflattened_shape(model, record, before), unit, shown)
        case nn.Dropout():
            return _dropout(layer, layer_input, values, unit)
    raise ValueError(f"The arithmetic of {stage} ({type(layer).__name__}) is not written out here.")


def input_name(record: Record, stage: str) -> str:
    """Name of the input of a stage: the one recorded just before it, where layers run in a row.

    Raises: ValueError if the stage was not recorded, or is the first.
    """
    names = list(record)
    if stage not in names[1:]:
        raise ValueError(f"No layer {stage!r} was recorded; there are {', '.join(names[1:])}.")
    return names[names.index(stage) - 1]


def _check_unit(stage: str, unit: tuple[int, ...], shape: tuple[int, ...]) -> None:
    if len(unit) != len(shape) or not all(0 <= i < n for i, n in zip(unit, shape, strict=True)):
        wanted, sizes = ", ".join(map(str, unit)), "×".join(map(str, shape))
        raise ValueError(f"{stage} has no unit ({wanted}): its shape is {sizes}.")


def _convolution(
    layer: nn.Conv2d, layer_input: np.ndarray, unit: tuple[int, ...], shown: float
) -> Convolution:
    channel, row, col = unit
    rows, cols = (axis.positions(i) for axis, i in zip(windows(layer), (row, col), strict=True))
    kernel = _copy(layer.weight[channel])
    # A layer in groups reads only the channels of its own group.
    first = channel // (layer.out_channels // layer.groups) * len(kernel)
    inputs, padded = _cut(layer_input[first : first + len(kernel)], rows, cols, outside=0.0)
    return Convolution(shown, inputs, kernel, _bias(layer, channel), rows, cols, padded)


def _normed(layer: nn.BatchNorm1d | nn.BatchNorm2d, value: float, channel: int, shown: float) -> Normed:
    kept = (layer.running_mean, layer.running_var, layer.weight, layer.bias)
    mean, variance, gamma, beta = (each[channel].item() for each in kept)  # pyright: ignore[reportOptionalSubscript]
    return Normed(shown, value, mean, variance, layer.eps, gamma, beta)


def _max_pool(
    layer: nn.MaxPool2d,
    layer_input: np.ndarray,
    outputs: tuple[int, ...],
    unit: tuple[int, ...],
    shown: float,
) -> MaxPool:
    channel, row, col = unit
    along_rows, along_cols = windows(layer)
    rows, cols = along_rows.positions(row), along_cols.positions(col)
    window, padded = _cut(layer_input[channel], rows, cols, outside=-np.inf)
    unused_rows = along_rows.unused(outputs[0], layer_input.shape[1])
    unused_cols = along_cols.unused(outputs[1], layer_input.shape[2])
    return MaxPool(shown, window, rows, cols, padded, unused_rows, unused_cols)


def _cut(
    maps: np.ndarray, rows: np.ndarray, cols: np.ndarray, outside: float
) -> tuple[np.ndarray, np.ndarray]:
    """Cut a window out of (…, height, width) maps: `outside` where it leaves them, and the mask of that."""
    height, width = maps.shape[-2:]
    beyond_rows, beyond_cols = (rows < 0) | (rows >= height), (cols < 0) | (cols >= width)
    padded = beyond_rows[:, None] | beyond_cols[None, :]
    window = maps[..., rows.clip(0, height - 1)[:, None], cols.clip(0, width - 1)[None, :]]
    return np.where(padded, np.asarray(outside, maps.dtype), window), padded


def _weighted_sum(
    layer: nn.Linear, layer_input: np.ndarray, shape: tuple[int, ...], unit: tuple[int, ...], shown: float
) -> WeightedSum:
    (index,) = unit
    weights = _copy(layer.weight[index])
    return WeightedSum(shown, layer_input.reshape(shape), weights.reshape(shape), _bias(layer, index))


def _copy(weights: Tensor) -> np.ndarray:
    return weights.numpy(force=True).copy()  # Else the caller's array would be the model's own memory.


def _bias(layer: nn.Conv2d | nn.Linear, index: int) -> float:
    return 0.0 if layer.bias is None else layer.bias[index].item()


def _unflattened_shape(model: nn.Module, record: Record, name: str) -> tuple[int, ...]:
    """Shape of a recorded vector before a Flatten layer made it one, else its own."""
    if isinstance(dict(model.named_modules()).get(name), nn.Flatten):
        name = input_name(record, name)
    return record[name].shape[1:]


def _dropout(
    layer: nn.Dropout, layer_input: np.ndarray, values: np.ndarray, unit: tuple[int, ...]
) -> DropoutUnit:
    value, shown = float(layer_input[unit]), float(values[unit])
    # Only training makes values larger, so one larger unit tells of the whole layer.
    grown = (layer_input != 0) & np.isclose(values * (1 - layer.p), layer_input, atol=0.0)
    if layer.p == 0 or not grown.any():
        return DropoutUnit(shown, value, layer.p, 1.0)
    factor = None if value == 0 else 0.0 if shown == 0 else 1 / (1 - layer.p)
    return DropoutUnit(shown, value, layer.p, factor)
