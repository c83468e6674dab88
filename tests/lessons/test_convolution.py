"""What the lesson on convolution claims, from the passes that its tasks describe."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from dlviz import kernels, weights
from dlviz.convolution import Sliding
from dlviz.data import pictures
from dlviz.ui.labs.convolution.forward import ForwardPass, Kernel, Picture, forward
from dlviz.ui.labs.convolution.state import KERNELS, LEARNED, State

OUTLINES = ("edge", "sobel_x", "sobel_y", "laplacian")
BLURS = ("box", "gaussian")


def passed(kernel: np.ndarray | None = None, pixels: np.ndarray | None = None, **sliding: int) -> ForwardPass:
    """The pass that the lab opens with, but for what is given; pixels (height, width)."""
    state = replace(State(), **sliding)  # pyright: ignore[reportArgumentType]
    if pixels is None:
        pixels = pictures.grey(pictures.resize(pictures.photograph(state.photograph), int(state.size)))
    chosen = kernels.KERNELS[state.kernel] if kernel is None else kernel
    slide = Sliding(state.padding, state.mode, state.stride, state.dilation)
    return forward(Picture("", pixels[None]), Kernel("", chosen), slide)


def result(through: ForwardPass) -> np.ndarray:
    return through.convolved.output[0]


def test_nine_products_make_one_pixel() -> None:
    through = passed()
    window = through.picture.pixels[0, 5:8, 9:12]
    assert window.size == 9
    assert result(through)[5, 9] == pytest.approx((window * through.kernel.values).sum(), abs=1e-6)


def test_outlines_ignore_what_is_flat() -> None:
    flat = np.full((8, 8), 0.6, np.float32)
    for name in OUTLINES:
        assert name in KERNELS
        np.testing.assert_allclose(result(passed(kernels.KERNELS[name], flat)), 0, atol=1e-6)
        assert np.abs(result(passed(kernels.KERNELS[name]))).max() > 0.5  # in the photograph they find some


def test_blurs_keep_what_is_flat() -> None:
    flat = np.full((8, 8), 0.6, np.float32)
    picture = passed().picture.pixels[0]
    steps = np.abs(np.diff(picture)).mean()
    for name in BLURS:
        np.testing.assert_allclose(result(passed(kernels.KERNELS[name], flat)), 0.6, atol=1e-6)
        # Neighbours come closer to one another.
        assert np.abs(np.diff(result(passed(kernels.KERNELS[name])))).mean() < 0.8 * steps


def test_one_more_in_the_middle_adds_the_picture() -> None:
    kernel = kernels.KERNELS["edge"].copy()
    assert kernel[1, 1] == 8
    kernel[1, 1] = 9
    picture = passed().picture.pixels[0, 1:-1, 1:-1]
    np.testing.assert_allclose(result(passed(kernel)), result(passed()) + picture, atol=1e-5)


def test_stride_halves_the_result() -> None:
    assert result(passed()).shape == (22, 22)
    through = passed(stride=2)
    assert result(through).shape == (11, 11)
    rows, columns = through.convolved.left_out
    assert len(rows) == len(columns) == 1


def test_padding_adds_to_it() -> None:
    assert result(passed(stride=2, padding=1)).shape == (12, 12)


def test_kernel_is_not_flipped() -> None:
    kernel = kernels.KERNELS["emboss"]
    x = torch.from_numpy(passed().picture.pixels)[None]
    expected = F.conv2d(x, torch.tensor(kernel)[None, None])[0, 0]
    np.testing.assert_allclose(result(passed(kernel)), expected, atol=1e-5)
    assert not np.allclose(result(passed(kernel)), result(passed(kernel[::-1, ::-1].copy())))


def test_dilation_sees_more() -> None:
    dot = np.zeros((15, 15), np.float32)
    dot[7, 7] = 1
    box = kernels.KERNELS["box"]
    spans = [np.ptp(np.flatnonzero(result(passed(box, dot, dilation=n)).any(axis=0))) for n in (1, 2)]
    assert spans == [2, 4]


def test_relu_leaves_no_negative_number() -> None:
    through = passed()
    assert through.relu.min() == 0 > result(through).min()
    np.testing.assert_array_equal(through.relu[0], np.maximum(result(through), 0))


def test_pooling_halves_the_map() -> None:
    through = passed()
    assert through.max_pool.shape == through.average_pool.shape == (1, 11, 11)
    assert through.max_pool[0, 3, 4] == through.relu[0, 6:8, 8:10].max()
    assert through.average_pool[0, 3, 4] == pytest.approx(through.relu[0, 6:8, 8:10].mean(), abs=1e-6)


def test_learned_kernels_are_those_of_the_first_layer() -> None:
    found = kernels.learned(weights.load("simple_cnn"))
    assert len(found) == LEARNED == 32
