"""Kernels to lay over a picture: the classical ones, random and learned ones, and the learner's own."""

from collections.abc import Sequence

import numpy as np
from torch import nn

from dlviz.convolution import check_kernel
from dlviz.data.typed_numbers import BadNumber, read_number

LARGEST = 7  # rows and columns of a learner's own kernel
WHOLE, DECIMALS = 4, 6  # digits of its numbers before and behind the point


class BadKernel(ValueError):
    """A kernel was written wrongly; the message says where, in a sentence for a learner."""


def _kernel(*rows: list[float], over: int = 1) -> np.ndarray:
    kernel = np.array(rows, np.float32) / over
    kernel.setflags(write=False)
    return kernel


# As laid, not flipped: Sobel x is positive where the picture grows brighter to the right.
KERNELS = {
    "identity": _kernel([0, 0, 0], [0, 1, 0], [0, 0, 0]),
    "edge": _kernel([-1, -1, -1], [-1, 8, -1], [-1, -1, -1]),
    "sharpen": _kernel([0, -1, 0], [-1, 5, -1], [0, -1, 0]),
    "box": _kernel([1, 1, 1], [1, 1, 1], [1, 1, 1], over=9),
    "gaussian": _kernel([1, 2, 1], [2, 4, 2], [1, 2, 1], over=16),
    "sobel_x": _kernel([-1, 0, 1], [-2, 0, 2], [-1, 0, 1]),
    "sobel_y": _kernel([-1, -2, -1], [0, 0, 0], [1, 2, 1]),
    "laplacian": _kernel([0, 1, 0], [1, -4, 1], [0, 1, 0]),
    "emboss": _kernel([-2, -1, 0], [-1, 1, 1], [0, 1, 2]),
}


def random(seed: int) -> np.ndarray:
    """Draw a kernel (3, 3) float32 of normally distributed numbers, to one decimal."""
    return np.random.default_rng(seed).normal(size=(3, 3)).round(1).astype(np.float32)


def learned(model: nn.Module) -> np.ndarray:
    """Kernels of a SimpleCNN's first layer, without their biases: (32, 3, 3) float32."""
    return model.get_parameter("conv_layers.0.weight")[:, 0].numpy(force=True)


def read(cells: Sequence[Sequence[str]]) -> np.ndarray:
    """Read a kernel (rows, columns) float32 written cell by cell, in numbers as `read_number` takes them.

    Raises: BadKernel naming the first cell that is empty, no number or could be two, or if there are too many
        or none.
    """
    sizes = {len(row) for row in cells}
    if len(sizes) != 1 or not (1 <= len(cells) <= LARGEST and 1 <= sizes.pop() <= LARGEST):
        raise BadKernel(f"A kernel has 1 to {LARGEST} rows and columns.")
    values = [
        [_number(text, row, column) for column, text in enumerate(line, 1)]
        for row, line in enumerate(cells, 1)
    ]
    return check_kernel(np.array(values, np.float32))


def _number(text: str, row: int, column: int) -> float:
    where = f"Row {row}, column {column} of the kernel"
    if not text.strip():
        raise BadKernel(f"{where} is empty: type a number, such as 0.")
    try:
        value = read_number(text)
    except BadNumber as problem:
        raise BadKernel(f"{where}: {problem}.") from problem
    if abs(value) >= 10**WHOLE or (value and not round(value, DECIMALS)):
        raise BadKernel(f"{where} is not a number from −9999 to 9999 with at most six decimals.")
    return value


def write(kernel: np.ndarray) -> list[list[str]]:
    """Write a kernel (rows, columns) as cells that `read` reads, to six decimals."""
    return [[f"{value:.6f}".rstrip("0").rstrip(".") for value in row] for row in kernel.astype(float)]


def to_text(kernel: np.ndarray) -> str:
    """Write a kernel (rows, columns) as a text that may stand in an address: `0_-1_0~-1_5_-1~0_-1_0`."""
    return "~".join("_".join(row) for row in write(kernel))


def from_text(text: str) -> np.ndarray:
    """Read the kernel (rows, columns) float32 that `to_text` wrote.

    Raises: BadKernel if the text is anything else.
    """
    return read([row.split("_") for row in text.split("~")])


def resized(kernel: np.ndarray, rows: int, columns: int) -> np.ndarray:
    """Cut a kernel to (rows, columns) float32, or fill it up with zeros on its right and lower sides."""
    result = np.zeros((rows, columns), np.float32)
    part = kernel[:rows, :columns]
    result[: part.shape[0], : part.shape[1]] = part
    return result
