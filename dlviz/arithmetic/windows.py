"""Positions of the windows of a convolution or pooling layer on the maps it reads."""

from dataclasses import dataclass

import numpy as np
from torch import nn


@dataclass(frozen=True)
class Windows:
    """The windows of a layer along one axis, all in positions of the maps it reads."""

    kernel: int
    stride: int
    padding: int
    dilation: int

    def positions(self, index: int) -> np.ndarray:
        """Positions that an output position reads: (kernel,) int64; below 0 or beyond the map is padding."""
        return index * self.stride - self.padding + self.dilation * np.arange(self.kernel)

    def unused(self, outputs: int, size: int) -> tuple[int, ...]:
        """The positions of a map of `size` that none of `outputs` windows reads."""
        used = {int(position) for index in range(outputs) for position in self.positions(index)}
        return tuple(sorted(set(range(size)) - used))


def windows(layer: nn.Module) -> tuple[Windows, Windows]:
    """The windows of a layer along rows and along columns.

    Raises: ValueError if the layer is no convolution, max pooling or layer that reads one position each.
    """
    match layer:
        case nn.Conv2d() | nn.MaxPool2d():
            return _windows(layer, axis=0), _windows(layer, axis=1)
        case nn.ReLU() | nn.Dropout() | nn.BatchNorm2d():
            return Windows(1, 1, 0, 1), Windows(1, 1, 0, 1)
    raise ValueError(f"{type(layer).__name__} does not slide a window over maps.")


def _windows(layer: nn.Conv2d | nn.MaxPool2d, axis: int) -> Windows:
    kernel, stride, dilation = (_along(n, axis) for n in (layer.kernel_size, layer.stride, layer.dilation))
    match layer.padding:
        case "same":  # Where it cannot be halved, PyTorch pads the end by one more.
            return Windows(kernel, stride, dilation * (kernel - 1) // 2, dilation)
        case "valid":
            return Windows(kernel, stride, 0, dilation)
        case padding:
            return Windows(kernel, stride, _along(padding, axis), dilation)


def _along(size, axis: int) -> int:
    return size if isinstance(size, int) else size[axis]
