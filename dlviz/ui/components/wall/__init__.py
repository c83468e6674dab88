"""The whole network in one view: every map of every stage, drawn in the browser from bytes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import astuple, dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from dlviz.ui.components import events, load_component
from dlviz.ui.components.wire_format import half, pack

if TYPE_CHECKING:
    from torch import nn

_component = load_component("wall")

# Neither is a picture of its own: pixels are shown as drawn, and flattening only reorders.
HIDDEN = {"input", "fc_layers.0"}


@dataclass(frozen=True)
class Stage:
    """One panel of the wall: a recorded tensor and how it is drawn.

    Args:
        name: under which the tensor is recorded.
        layer: class of the layer that computes it, of `torch.nn`.
        title: over the panel.
        kind: maps, units or bars.
        shape: (channel, height, width), or (units,).
        scale: of the palette: diverging, or sequential where nothing is negative.
        columns: of maps or units, side by side.
        parameters: number of weights and biases of the layer.
        round: of convolution, ReLU and pooling, counted from 1; None after them.
        windows: through which each of its pixels reads the stage before, along rows and along columns, as
            (kernel, stride, padding, dilation); empty where there are no maps.
    """

    name: str
    layer: type[nn.Module]
    title: str
    kind: str
    shape: tuple[int, ...]
    scale: str
    columns: int
    parameters: int
    round: int | None
    windows: tuple[tuple[int, int, int, int], ...]

    @property
    def mixes(self) -> bool:
        """True if each of its channels reads all channels of the stage before."""
        from torch import nn

        return issubclass(self.layer, nn.Conv2d | nn.Linear)

    def header(self, differences: bool) -> dict[str, object]:
        """Description of the panel for the browser."""
        return {
            "name": self.name,
            "title": self.title,
            "kind": self.kind,
            "size": "×".join(map(str, self.shape)),
            # The few of a norm would run into what the convolution before it has, beside it.
            "note": f"{self.parameters:,} params" if self.parameters > 2 * self.shape[0] else "",
            "scale": "diverging" if differences else self.scale,
            "columns": self.columns,
            "round": self.round,
            "mixes": self.mixes,
            "windows": self.windows,
        }


def input_shape(model: nn.Module) -> tuple[int, int, int]:
    """(channel, height, width) of what a convolutional network reads: a drawing, or a picture in colour."""
    channels = model.get_parameter("conv_layers.0.weight").shape[1]
    return (1, 28, 28) if channels == 1 else (channels, 32, 32)


@lru_cache(maxsize=16)
def stages(model: nn.Module) -> tuple[Stage, ...]:
    """The wall's panels for a convolutional network, in the order of computation."""
    import torch

    from dlviz.trace import trace

    _, record = trace(model, torch.zeros(1, *input_shape(model)))
    last = list(record)[-1]
    shapes = {name: array.shape[1:] for name, array in record.items() if name not in HIDDEN}
    return tuple(_stage(model, name, shape, name == last) for name, shape in shapes.items())


def stage_title(model: nn.Module, name: str) -> str:
    """Title of a stage on the wall, such as `conv 2` for `conv_layers.3`."""
    return next(stage.title for stage in stages(model) if stage.name == name)


def stage_item(model: nn.Module, name: str) -> str:
    """Name of a channel of a stage: map, or unit where there are none."""
    stage = next(stage for stage in stages(model) if stage.name == name)
    return "map" if stage.kind == "maps" else "unit"


def _stage(model: nn.Module, name: str, shape: tuple[int, ...], last: bool) -> Stage:
    from torch import nn

    from dlviz.arithmetic.windows import windows

    layer = model.get_submodule(name)
    signed = isinstance(layer, nn.Conv2d | nn.BatchNorm2d | nn.Linear)
    maps = len(shape) == 3
    round_ = _round(model, int(name.split(".")[1])) if maps else None
    title = "output" if last else _title(layer)
    # With these many rows, stages of 28, 14 and 7 pixels and the units come out about equally tall.
    rows = min(32, 8 * input_shape(model)[1] // shape[1]) if maps else 43
    return Stage(
        name=name,
        layer=type(layer),
        title=f"{title} {round_}" if maps else title,
        kind="bars" if last else "maps" if maps else "units",
        shape=shape,
        scale="diverging" if signed else "sequential",
        columns=-(-shape[0] // rows),
        parameters=sum(parameter.numel() for parameter in layer.parameters()),
        round=round_,
        windows=tuple(astuple(axis) for axis in windows(layer)) if maps else (),
    )


def _title(layer: nn.Module) -> str:
    from torch import nn

    match layer:
        case nn.Conv2d():
            return "conv"
        case nn.BatchNorm2d():
            return "norm"
        case nn.ReLU():
            return "ReLU"
        case nn.MaxPool2d():
            return "pool"
        case nn.Linear():
            return "linear"
        case nn.Dropout():
            return "dropout"
    raise TypeError(f"the wall has no title for {layer}")


def _round(model: nn.Module, index: int) -> int:
    """Number of convolutions up to the layer of that index."""
    from torch import nn

    layers = model.get_submodule("conv_layers").children()
    return sum(isinstance(layer, nn.Conv2d) for layer in list(layers)[: index + 1])


def wall(
    key: str,
    panels: tuple[Stage, ...],
    record: Mapping[str, np.ndarray],
    pixels: np.ndarray | None,
    header: Mapping[str, object],
    differences: bool = False,
) -> None:
    """Draw the wall; `unit.selection.take_selection(key, …)` tells which unit a learner chooses on it.

    Args:
        panels: of `stages`, all or some.
        record: name -> (1, channel, …) array; empty while nothing is drawn.
        pixels: (28, 28) or (3, 32, 32) in [0, 1]; None while nothing is drawn.
        header: selection, scales and sentences, as `wall.js` reads them.
        differences: the record holds differences from another forward pass, signed in every stage.
    """
    data = message(panels, record, pixels, header, differences)
    _component(key=key, data=data, on_selection_change=events.heard)


def message(
    panels: tuple[Stage, ...],
    record: Mapping[str, np.ndarray],
    pixels: np.ndarray | None,
    header: Mapping[str, object],
    differences: bool = False,
) -> bytes:
    """The bytes of a redraw: a (channel, height, width) array for every stage, in half precision if they fit.

    The arguments are those of `wall`.
    """
    blank = {stage.name: np.zeros((1, *stage.shape), np.float32) for stage in panels} if not record else {}
    drawn = np.zeros((28, 28)) if pixels is None else pixels
    drawn = drawn.reshape(-1, *drawn.shape[-2:]).astype(np.float16)
    arrays = {"input": drawn}
    for stage in panels:
        shape = (*stage.shape, 1, 1)[:3]
        values = (record or blank)[stage.name].reshape(shape)
        arrays[stage.name] = half(values)
    described = [_input(drawn.shape), *(stage.header(differences) for stage in panels)]
    # The maps are in half precision; what is written under them is exact.
    ends = {stage.name: float(np.abs((record or blank)[stage.name]).max()) for stage in panels}
    if header.get("scaling") == "all":
        over = max(ends[stage.name] for stage in panels if stage.kind == "maps")
        ends |= {stage.name: over for stage in panels if stage.kind == "maps"}
    return pack({**header, "panels": described, "ends": ends}, arrays)


def _input(shape: tuple[int, ...]) -> dict[str, object]:
    """Description of the drawing, or of a picture's three colours, for the browser."""
    size = "×".join(map(str, shape[shape[0] == 1 :]))
    scale = "ink" if shape[0] == 1 else "light"
    return {
        "name": "input",
        "title": "input",
        "kind": "input",
        "size": size,
        "scale": scale,
        "columns": 1,
        "windows": (),
    }
