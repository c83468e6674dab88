"""Forward pass of the Convolution lab: a kernel laid over a picture, then ReLU, then pooling."""

from dataclasses import dataclass

import numpy as np

from dlviz.convolution import Convolved, Sliding, average_pool, max_pool, relu, slide


@dataclass(frozen=True, eq=False)
class Picture:
    """The picture that a kernel is laid over.

    Args:
        pixels: (channel, height, width) float32 in [0, 1].
        ink: 1 is ink on paper, not light.
        whole: shown in full, too large to step through.
    """

    title: str
    pixels: np.ndarray
    ink: bool = False
    whole: bool = False


@dataclass(frozen=True, eq=False)
class Kernel:
    """A kernel (height, width), and its name."""

    title: str
    values: np.ndarray


@dataclass(frozen=True, eq=False)
class ForwardPass:
    """The picture and the kernel, and the results that follow one from another.

    Args:
        relu: (channel, height, width), as are the pooled ones.
    """

    picture: Picture
    kernel: Kernel
    convolved: Convolved
    relu: np.ndarray
    max_pool: np.ndarray
    average_pool: np.ndarray


def forward(picture: Picture, kernel: Kernel, sliding: Sliding) -> ForwardPass:
    """Lay the kernel over the picture, then ReLU, then pooling.

    Raises: NoPosition if there is no place for the kernel.
    """
    convolved = slide(picture.pixels, kernel.values, sliding)
    rectified = relu(convolved.output)
    return ForwardPass(picture, kernel, convolved, rectified, max_pool(rectified), average_pool(rectified))
