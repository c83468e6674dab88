"""The picture on a page: what is sent to the browser, and what comes back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from dlviz.ui.components import load_component
from dlviz.ui.components.unit import words
from dlviz.ui.components.unit.chain import chain
from dlviz.ui.components.unit.selection import DIGITS, Selection, arrived
from dlviz.ui.components.wire_format import half, pack

if TYPE_CHECKING:
    from torch import nn

    from dlviz.arithmetic import Arithmetic, Record

_component = load_component("unit")


def unit_view(
    key: str,
    model: nn.Module,
    record: Record,
    pixels: np.ndarray,
    selection: Selection,
    classes: Sequence[str] = DIGITS,
) -> Selection:
    """The unit that the picture shows: another one if the learner has just chosen it here.

    Args:
        key: of the component; `arrived` takes the same.
        model, record: a convolutional network, and the record of its trace, batch first.
        pixels: (28, 28) in [0, 1], the drawing, or (3, 32, 32), a picture in colour.
        classes: the names of what the network tells apart.
    """
    selection = arrived(key, selection)
    data = message(model, record, pixels, selection, classes)
    _component(key=key, data=data, on_selection_change=lambda: None)
    return selection


def message(
    model: nn.Module,
    record: Record,
    pixels: np.ndarray,
    selection: Selection,
    classes: Sequence[str] = DIGITS,
) -> bytes:
    """The bytes of one picture: squares, numbers and words."""
    from dlviz.arithmetic import Softmax, explain_unit

    told = explain_unit(model, record, selection.stage, selection.unit)
    squares = chain(model, record, pixels, selection)
    header: dict[str, object] = {
        "selection": [selection.stage, selection.channel, selection.row, selection.col],
        "squares": [square.header() for square in squares],
        **words.header(told, selection, classes, first=squares[-2].unit is None),
    }
    if selection.stage == list(record)[-1]:
        header["softmax"] = _rows(Softmax(record[selection.stage][0])) | {
            "classes": list(classes),
            "digits": tuple(classes) == DIGITS,
        }
    arrays = {f"square.{index}": square.values for index, square in enumerate(squares)}
    return pack(header, arrays | _numbers(told) | _sources(told, record, pixels, squares[-2].name))


def _rows(softmax) -> dict[str, object]:
    """The softmax written out, class by class."""
    return {
        "logits": softmax.logits.tolist(),
        "largest": softmax.largest,
        "exponentials": softmax.exponentials.tolist(),
        "total": softmax.total,
        "probabilities": softmax.probabilities.tolist(),
    }


def _numbers(told: Arithmetic) -> dict[str, np.ndarray]:
    """What was multiplied or compared, in single precision as PyTorch has it; channel first."""
    from dlviz.arithmetic import Convolution, MaxPool, WeightedSum

    if isinstance(told, MaxPool):
        return {"window": told.window}
    if not isinstance(told, WeightedSum):
        return {}
    shape = (*told.inputs.shape, 1, 1)[:3]
    padded = told.padded if isinstance(told, Convolution) else np.zeros(shape[1:], bool)
    return {
        "inputs": told.inputs.reshape(shape),
        "weights": told.weights.reshape(shape),
        "sums": told.channel_sums.astype(np.float32),
        "padded": padded.astype(np.uint8),
    }


def _sources(told: Arithmetic, record: Record, pixels: np.ndarray, name: str) -> dict[str, np.ndarray]:
    """Every map that a sum reads, in half precision: only their colours are seen."""
    from dlviz.arithmetic import WeightedSum

    maps = pixels.reshape(record[name][0].shape) if name == "input" else record[name][0]
    if not isinstance(told, WeightedSum) or maps.ndim != 3 or len(maps) == 1:
        return {}
    return {"sources": half(maps)}
