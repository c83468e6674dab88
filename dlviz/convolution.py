"""A kernel laid over a picture: the lesson's function, and PyTorch's with padding, stride and dilation."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from dlviz.arithmetic.windows import Windows

PADDING_MODES = {"zero": "constant", "reflect": "reflect", "replicate": "replicate"}
POOL = 2


class NoPosition(ValueError):
    """The kernel has no place to be laid; the message says why and what to change."""


def convolve2d(image: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    """Sum of products at every place where the kernel lies wholly on the image.

    No padding, stride 1, and the kernel is not flipped: cross-correlation, as in every deep-learning library.

    Args:
        image: (height, width) numbers.
        kernel: (kernel height, kernel width) numbers, at most as large as the image.
    Returns: (height − kernel height + 1, width − kernel width + 1) float.
    Raises: ValueError if either is no matrix or empty, the kernel is not finite, or it is too large.
    """
    image, kernel = _matrix(image, "image"), check_kernel(kernel)
    shape = tuple(n - k + 1 for n, k in zip(image.shape, kernel.shape, strict=True))
    if min(shape) < 1:
        raise NoPosition(
            f"The kernel ({_size(kernel.shape)}) is larger than the image ({_size(image.shape)})."
        )
    result = np.zeros(shape, np.result_type(image, kernel, np.float32))
    products = np.empty_like(result)
    # One pass a tap: nine whole-array operations for 3×3, where one a pixel would be a quarter of a million.
    for row, column in np.ndindex(kernel.shape):
        under = image[row : row + shape[0], column : column + shape[1]]
        result += np.multiply(under, kernel[row, column], out=products)
    return result


def check_kernel(kernel: np.ndarray) -> np.ndarray:
    """Return a kernel (kernel height, kernel width) that can be laid over a picture.

    Raises: ValueError if it is no matrix, empty, or holds NaN or infinity.
    """
    kernel = _matrix(kernel, "kernel")
    if not np.isfinite(kernel).all():
        row, column = np.argwhere(~np.isfinite(kernel))[0] + 1
        raise ValueError(f"The kernel's row {row}, column {column} is not a finite number.")
    return kernel


def _matrix(values: np.ndarray, name: str) -> np.ndarray:
    values = np.asarray(values)
    if values.ndim != 2:
        raise ValueError(f"The {name} must have rows and columns, but it has {values.ndim} dimensions.")
    if not values.size:
        raise ValueError(f"The {name} is empty.")
    return values


def _size(shape: tuple[int, ...]) -> str:
    return "×".join(map(str, shape))


def _counted(count: int, word: str) -> str:
    return f"{count} {word}{'' if count == 1 else 's'}"


def output_size(size: int, kernel: int, padding: int = 0, stride: int = 1, dilation: int = 1) -> int:
    """Number of places of a kernel along one side: ⌊(n + 2p − d·(k − 1) − 1) / s⌋ + 1.

    Raises: NoPosition if there is none.
    """
    places = (size + 2 * padding - dilation * (kernel - 1) - 1) // stride + 1
    if places < 1:
        reach = dilation * (kernel - 1) + 1
        spread = f", which dilation spreads over {reach}" if reach > kernel else ""
        raise NoPosition(
            f"The kernel has no place on the picture: it has {_counted(kernel, 'number')} on a side{spread}, "
            f"the picture only {_counted(size + 2 * padding, 'pixel')}. "
            "Take a larger picture or more padding, or a smaller kernel or dilation."
        )
    return places


def output_size_formula(size: int, kernel: int, padding: int, stride: int, dilation: int) -> str:
    """Formula of `output_size` with its numbers filled in."""
    places = output_size(size, kernel, padding, stride, dilation)
    return f"⌊({size} + 2·{padding} − {dilation}·({kernel} − 1) − 1) / {stride}⌋ + 1 = {places}"


@dataclass(frozen=True)
class Sliding:
    """Movement of a kernel: pixels put on every side and their kind, its step, the distance of its taps."""

    padding: int = 0
    padding_mode: str = "zero"
    stride: int = 1
    dilation: int = 1


@dataclass(frozen=True, eq=False)
class Window:
    """Input of one output pixel: the values under the kernel and their products with it.

    rows, columns: (kernel height,) and (kernel width,) positions of the values in the padded picture.
    values, products: (kernel height, kernel width) float32.
    total: the output pixel itself, as PyTorch computed it.
    """

    rows: np.ndarray
    columns: np.ndarray
    values: np.ndarray
    products: np.ndarray
    total: float


@dataclass(frozen=True, eq=False)
class Convolved:
    """A picture that a kernel has slid over; all pictures are (channel, height, width) float32."""

    padded: np.ndarray
    kernel: np.ndarray
    sliding: Sliding
    output: np.ndarray

    @cached_property
    def axes(self) -> tuple[Windows, Windows]:
        """The windows along rows and along columns, in positions of the padded picture."""
        rows, columns = (Windows(k, self.sliding.stride, 0, self.sliding.dilation) for k in self.kernel.shape)
        return rows, columns

    @property
    def left_out(self) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """The rows and the columns of the padded picture that no window reads."""
        rows, columns = (
            axis.unused(places, size)
            for axis, places, size in zip(
                self.axes, self.output.shape[1:], self.padded.shape[1:], strict=True
            )
        )
        return rows, columns

    def window(self, row: int, column: int, channel: int = 0) -> Window:
        """Values and products behind the output pixel at a row and column."""
        rows, columns = self.axes[0].positions(row), self.axes[1].positions(column)
        values = self.padded[channel][np.ix_(rows, columns)]
        return Window(rows, columns, values, values * self.kernel, float(self.output[channel, row, column]))


def slide(picture: np.ndarray, kernel: np.ndarray, sliding: Sliding) -> Convolved:
    """Slide a kernel over a picture, over each channel by itself, by PyTorch.

    Args:
        picture: (channel, height, width) float.
        kernel: (kernel height, kernel width) float.
    Raises: NoPosition if the kernel has no place, or the picture is too small to be mirrored in its margin;
        ValueError if the kernel is empty or not finite.
    """
    kernel = check_kernel(kernel).astype(np.float32)
    _check_places(picture.shape[1:], kernel, sliding)
    padding, stride, dilation = sliding.padding, sliding.stride, sliding.dilation
    x = torch.from_numpy(picture.astype(np.float32))[:, None]  # (channel, 1, height, width)
    with torch.inference_mode():
        padded = F.pad(x, [padding] * 4, mode=PADDING_MODES[sliding.padding_mode])
        output = F.conv2d(padded, torch.from_numpy(kernel)[None, None], stride=stride, dilation=dilation)
    return Convolved(padded[:, 0].numpy(), kernel, sliding, output[:, 0].numpy())


def _check_places(shape: tuple[int, ...], kernel: np.ndarray, sliding: Sliding) -> None:
    padding, smaller = sliding.padding, min(shape)
    if sliding.padding_mode == "reflect" and padding >= smaller:
        raise NoPosition(
            f"A picture of {_size(shape)} can be mirrored by {_counted(smaller - 1, 'pixel')} at most, "
            f"not by {padding}: a mirror does not repeat the pixel at the edge."
        )
    for size, taps in zip(shape, kernel.shape, strict=True):
        output_size(size, taps, padding, sliding.stride, sliding.dilation)


def relu(maps: np.ndarray) -> np.ndarray:
    """Apply ReLU to maps (channel, height, width) float32."""
    return F.relu(torch.from_numpy(maps)).numpy()


def max_pool(maps: np.ndarray) -> np.ndarray:
    """Largest of every 2×2 values of maps: (channel, height // 2, width // 2) float32."""
    return _pool(F.max_pool2d, maps)


def average_pool(maps: np.ndarray) -> np.ndarray:
    """Mean of every 2×2 values of maps: (channel, height // 2, width // 2) float32."""
    return _pool(F.avg_pool2d, maps)


def _pool(pool, maps: np.ndarray) -> np.ndarray:
    channels, height, width = maps.shape
    if min(height, width) < POOL:
        return np.zeros((channels, height // POOL, width // POOL), np.float32)
    pooled: Tensor = pool(torch.from_numpy(maps), POOL)
    return pooled.numpy()
