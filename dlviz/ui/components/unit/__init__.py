"""A unit's arithmetic, drawn in the browser: the way to it from the drawing, and the numbers of its sum."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from dlviz.ui.components import events, load_component
from dlviz.ui.components.unit.captions import describe_unit
from dlviz.ui.components.unit.chain import chain
from dlviz.ui.components.unit.selection import DIGITS, Selection
from dlviz.ui.components.wire_format import half, pack

if TYPE_CHECKING:
    from torch import nn

    from dlviz.arithmetic import Arithmetic, Record

_component = load_component("unit", "bar")


def unit_view(
    key: str,
    model: nn.Module,
    record: Record,
    pixels: np.ndarray,
    selection: Selection,
    classes: Sequence[str] = DIGITS,
) -> None:
    """Draw the way from the drawing to a unit, and the unit's arithmetic.

    A unit that the learner chooses here is reported as in the wall: see `selection.take_selection`. A part of
    a sum that is chosen is reported as `part`: the way then leads through it.

    Args:
        model: a convolutional network.
        record: of its trace, name -> (1, channel, …) array.
        pixels: (28, 28) of a drawing, or (3, 32, 32) of a picture in colour; float32 in [0, 1].
        classes: names of what the network tells apart.
    """
    part = _chosen_part(st.session_state.get(key), selection)
    data = message(model, record, pixels, selection, classes, part)
    _component(key=key, data=data, on_selection_change=events.heard, on_part_change=events.heard)


def _chosen_part(state: object, selection: Selection) -> int | None:
    """The part of the selected unit's sum that the learner has chosen, of whatever a browser has sent."""
    place = [selection.stage, selection.channel, selection.row, selection.col]
    match state:
        case {"part": [str(), int(), int(), int(), int(part)] as report} if report[:4] == place:
            return part
    return None


def message(
    model: nn.Module,
    record: Record,
    pixels: np.ndarray,
    selection: Selection,
    classes: Sequence[str] = DIGITS,
    part: int | None = None,
) -> bytes:
    """The bytes of one picture: maps (height, width), numbers and words; arguments as `unit_view`'s.

    Args:
        part: of a sum, the channel or input that the way leads through; None is the largest contribution.
    """
    from dlviz.arithmetic import Convolution, Softmax, explain_unit

    arithmetic = explain_unit(model, record, selection.stage, selection.unit)
    squares = chain(model, record, pixels, selection, part)
    header: dict[str, object] = {
        "selection": [selection.stage, selection.channel, selection.row, selection.col],
        "squares": [square.header() for square in squares],
        **describe_unit(arithmetic, selection, squares[-1].title, classes, first=squares[-2].unit is None),
    }
    if isinstance(arithmetic, Convolution):  # its window walks over the maps in the browser
        header["bias"] = float(arithmetic.bias)
    if selection.stage == list(record)[-1]:
        softmax = Softmax(record[selection.stage][0])
        header["softmax"] = {
            "logits": softmax.logits.tolist(),
            "largest": softmax.largest,
            "exponentials": softmax.exponentials.tolist(),
            "total": softmax.total,
            "probabilities": softmax.probabilities.tolist(),
            "classes": list(classes),
            "digits": tuple(classes) == DIGITS,
        }
    arrays = {f"square.{index}": square.values for index, square in enumerate(squares)}
    layer_input = pixels if squares[-2].name == "input" else record[squares[-2].name][0]
    return pack(header, arrays | _operands(arithmetic) | _maps_read(arithmetic, layer_input))


def _operands(arithmetic: Arithmetic) -> dict[str, np.ndarray]:
    """Numbers multiplied or compared, each (channel, height, width) in single precision, as in PyTorch."""
    from dlviz.arithmetic import Convolution, MaxPool, WeightedSum

    if isinstance(arithmetic, MaxPool):
        return {"window": arithmetic.window}
    if not isinstance(arithmetic, WeightedSum):
        return {}
    shape = (*arithmetic.inputs.shape, 1, 1)[:3]
    padded = arithmetic.padded if isinstance(arithmetic, Convolution) else np.zeros(shape[1:], bool)
    return {
        "inputs": arithmetic.inputs.reshape(shape),
        "weights": arithmetic.weights.reshape(shape),
        "sums": arithmetic.channel_sums.astype(np.float32),
        "padded": padded.astype(np.uint8),
    }


def _maps_read(arithmetic: Arithmetic, layer_input: np.ndarray) -> dict[str, np.ndarray]:
    """Every map that a sum reads, if there are several.

    In half precision where only their colours are seen: what a convolution reads is multiplied there.

    Args:
        layer_input: (channel, height, width), a drawing (height, width), or a vector (inputs,).
    """
    from dlviz.arithmetic import Convolution, WeightedSum

    if not isinstance(arithmetic, WeightedSum) or layer_input.ndim != 3:
        return {}
    return {"sources": layer_input if isinstance(arithmetic, Convolution) else half(layer_input)}
