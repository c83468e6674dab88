"""The whole network in one view: every map of every stage, drawn in the browser from bytes."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from dlviz.ui.components import load_component
from dlviz.ui.components.wire_format import half, pack

_component = load_component("wall")

TITLES = {
    "Conv2d": "conv",
    "BatchNorm2d": "norm",
    "ReLU": "ReLU",
    "MaxPool2d": "pool",
    "Linear": "linear",
    "Dropout": "dropout",
}
# Neither is a picture of its own: pixels are shown as drawn, and flattening only reorders.
HIDDEN = {"input", "fc_layers.0"}


@dataclass(frozen=True)
class Stage:
    """One panel of the wall: a recorded tensor and how it is drawn.

    `layer` is the class name of the layer that computes it, `title` what the learner reads over it;
    `kind` is maps, units or bars; `round` counts the rounds of convolution, ReLU and pooling.
    """

    name: str
    layer: str
    title: str
    kind: str
    shape: tuple[int, ...]
    scale: str
    columns: int
    parameters: int
    round: int | None

    def header(self, differences: bool) -> dict[str, object]:
        """What the browser needs to know of the panel."""
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
        }


def reads(model) -> tuple[int, int, int]:
    """The shape of what a convolutional network reads: a drawing, or a picture in three colours."""
    colours = model.get_submodule("conv_layers.0").in_channels
    return (1, 28, 28) if colours == 1 else (colours, 32, 32)


@lru_cache(maxsize=16)
def stages(model) -> tuple[Stage, ...]:
    """The wall's panels for a convolutional network, in the order of computation."""
    import torch

    from dlviz.trace import trace

    _, record = trace(model, torch.zeros(1, *reads(model)))
    last = list(record)[-1]
    shapes = {name: array.shape[1:] for name, array in record.items() if name not in HIDDEN}
    return tuple(_stage(model, name, shape, name == last) for name, shape in shapes.items())


def _input(shape: tuple[int, ...]) -> dict[str, object]:
    """What the browser needs to know of the drawing, or of a picture's three colours."""
    size = "×".join(map(str, shape[shape[0] == 1 :]))
    scale = "ink" if shape[0] == 1 else "light"
    return {"name": "input", "title": "input", "kind": "input", "size": size, "scale": scale, "columns": 1}


def title(model, name: str) -> str:
    """What the wall calls a stage, such as `conv 2` for `conv_layers.3`."""
    return next(stage.title for stage in stages(model) if stage.name == name)


def _stage(model, name: str, shape: tuple[int, ...], last: bool) -> Stage:
    layer = model.get_submodule(name)
    type_name = type(layer).__name__
    signed = type_name in {"Conv2d", "BatchNorm2d", "Linear"}
    maps = len(shape) == 3
    round_ = _round(model, int(name.split(".")[1])) if maps else None
    title = "output" if last else TITLES[type_name]
    # With these many rows, stages of 28, 14 and 7 pixels and the units come out about equally tall.
    rows = min(32, 8 * reads(model)[1] // shape[1]) if maps else 43
    return Stage(
        name=name,
        layer=type_name,
        title=f"{title} {round_}" if maps else title,
        kind="bars" if last else "maps" if maps else "units",
        shape=shape,
        scale="diverging" if signed else "sequential",
        columns=-(-shape[0] // rows),
        parameters=sum(parameter.numel() for parameter in layer.parameters()),
        round=round_,
    )


def _round(model, index: int) -> int:
    """How many convolutions there are up to this layer."""
    layers = model.get_submodule("conv_layers")
    return sum(type(layer).__name__ == "Conv2d" for layer in layers[: index + 1])


def message(
    panels: tuple[Stage, ...],
    record: Mapping[str, np.ndarray],
    pixels: np.ndarray | None,
    header: Mapping[str, object],
    differences: bool = False,
) -> bytes:
    """The bytes of a redraw: a (channel, height, width) array for every stage, in half precision if they fit.

    Args:
        record: name -> (1, channel, …) array; empty when nothing has been drawn yet.
        pixels: (28, 28) or (3, 32, 32) in [0, 1]; None while nothing is drawn.
        differences: the record holds differences from another run, which are signed in every stage.
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
    return pack({**header, "panels": described}, arrays)


def wall(key: str, data: bytes) -> None:
    """Draw the wall from a `message`."""
    _component(key=key, data=data, on_selection_change=lambda: None)
