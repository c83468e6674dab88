from itertools import product

import numpy as np
import pytest
import torch
from scipy.signal import correlate2d
from torch.nn import functional as F

from dlviz.convolution import (
    PADDING_MODES,
    NoPosition,
    Sliding,
    average_pool,
    check_kernel,
    convolve2d,
    max_pool,
    output_size,
    output_size_formula,
    relu,
    slide,
)

RANDOM = np.random.default_rng(0)
SHAPES = [((9, 12), (3, 3)), ((7, 7), (1, 1)), ((6, 5), (2, 4)), ((5, 8), (5, 8)), ((40, 3), (7, 1))]
SLIDINGS = [
    Sliding(padding, mode, stride, dilation)
    for mode, padding, stride, dilation in product(PADDING_MODES, (0, 1, 3), (1, 2, 3), (1, 2))
]


def picture(*shape: int) -> np.ndarray:
    return RANDOM.random(shape).astype(np.float32)


def by_pytorch(image: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    return F.conv2d(torch.from_numpy(image)[None, None], torch.from_numpy(kernel)[None, None])[0, 0].numpy()


@pytest.mark.parametrize(("size", "kernel_size"), SHAPES)
def test_convolve2d_is_pytorchs_and_scipys(size: tuple[int, int], kernel_size: tuple[int, int]) -> None:
    image, kernel = RANDOM.random(size), RANDOM.normal(size=kernel_size)
    found = convolve2d(image, kernel)
    np.testing.assert_allclose(found, by_pytorch(image, kernel), atol=1e-12)
    np.testing.assert_allclose(found, correlate2d(image, kernel, "valid"), atol=1e-12)


def test_convolve2d_multiplies_and_adds_without_turning_the_kernel_round() -> None:
    image = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
    # 1·1 + 2·10 + 4·100 + 5·1000, and one to the right.
    np.testing.assert_array_equal(convolve2d(image, np.array([[1, 10], [100, 1000]])), [[5421, 6532]])


@pytest.mark.parametrize(
    ("image", "kernel", "result"),
    [("float32", "float32", "float32"), ("float64", "float32", "float64"), ("uint8", "float32", "float32")],
)
def test_convolve2d_keeps_the_precision_of_what_it_reads(image: str, kernel: str, result: str) -> None:
    grey = (RANDOM.random((6, 6)) * 255).astype(image)
    found = convolve2d(grey, np.full((3, 3), 200, kernel))
    assert found.dtype == result
    np.testing.assert_allclose(
        found, correlate2d(grey.astype(float), np.full((3, 3), 200.0), "valid"), rtol=1e-6
    )


def test_convolve2d_leaves_what_it_reads_untouched() -> None:
    image, kernel = RANDOM.random((5, 5)), RANDOM.random((3, 3))
    before = image.copy(), kernel.copy()
    convolve2d(image, kernel)
    np.testing.assert_array_equal(image, before[0])
    np.testing.assert_array_equal(kernel, before[1])


@pytest.mark.parametrize(
    ("image", "kernel", "sentence"),
    [
        (np.ones((2, 5)), np.ones((3, 3)), r"The kernel \(3×3\) is larger than the image \(2×5\)\."),
        (np.ones(5), np.ones((3, 3)), "The image must have rows and columns, but it has 1 dimensions."),
        (np.ones((5, 5)), np.ones((1, 3, 3)), "The kernel must have rows and columns"),
        (np.ones((0, 5)), np.ones((1, 1)), "The image is empty."),
        (np.ones((5, 5)), np.ones((3, 0)), "The kernel is empty."),
        (np.ones((5, 5)), np.array([[1, 2], [np.nan, 4]]), "row 2, column 1 is not a finite number"),
        (np.ones((5, 5)), np.array([[1, np.inf]]), "row 1, column 2 is not a finite number"),
    ],
)
def test_convolve2d_says_what_it_cannot_do(image: np.ndarray, kernel: np.ndarray, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        convolve2d(image, kernel)


def test_a_checked_kernel_is_the_kernel_itself() -> None:
    kernel = RANDOM.random((2, 3))
    assert check_kernel(kernel) is kernel


@pytest.mark.parametrize("sliding", SLIDINGS, ids=str)
def test_the_output_size_is_what_pytorch_makes(sliding: Sliding) -> None:
    result = slide(picture(1, 12, 9), picture(3, 2), sliding)
    options = sliding.padding, sliding.stride, sliding.dilation
    assert result.output.shape == (1, output_size(12, 3, *options), output_size(9, 2, *options))


def test_the_formula_is_filled_in_with_the_numbers() -> None:
    assert output_size(28, 3, 1, 2, 2) == 13  # (28 + 2 − 4 − 1) / 2 = 12.5, floored, + 1
    assert output_size_formula(28, 3, 1, 2, 2) == "⌊(28 + 2·1 − 2·(3 − 1) − 1) / 2⌋ + 1 = 13"


@pytest.mark.parametrize("sliding", SLIDINGS, ids=str)
def test_every_output_pixel_is_the_sum_of_its_products(sliding: Sliding) -> None:
    result = slide(picture(2, 11, 8), picture(2, 3), sliding)
    for channel, row, column in np.ndindex(result.output.shape):
        window = result.window(row, column, channel)
        assert window.total == result.output[channel, row, column]
        assert window.total == pytest.approx(window.products.sum(), abs=1e-5)
        np.testing.assert_array_equal(window.products, window.values * result.kernel)
        values = result.padded[channel, window.rows[:, None], window.columns]
        np.testing.assert_array_equal(window.values, values)


@pytest.mark.parametrize(
    ("mode", "numpys"), [("zero", "constant"), ("reflect", "reflect"), ("replicate", "edge")]
)
def test_padding_is_numpys(mode: str, numpys: str) -> None:
    image = picture(1, 6, 5)
    expected = np.pad(image[0], 3, mode=numpys)  # pyright: ignore[reportCallIssue, reportArgumentType]
    np.testing.assert_array_equal(slide(image, picture(3, 3), Sliding(3, mode)).padded[0], expected)


def test_without_padding_stride_and_dilation_it_is_the_lessons_function() -> None:
    image, kernel = picture(3, 10, 7), picture(3, 3)
    found = slide(image, kernel, Sliding())
    for channel in range(3):
        np.testing.assert_allclose(found.output[channel], convolve2d(image[channel], kernel), atol=1e-6)


def test_what_the_floor_leaves_out_changes_nothing() -> None:
    image = picture(1, 10, 8)
    result = slide(image, picture(3, 3), Sliding(stride=2))
    # (10 − 3) / 2 and (8 − 3) / 2 are floored: the last row and the last column are not reached.
    assert result.left_out == ((9,), (7,))
    image[:, 9, :] = image[:, :, 7] = 5
    np.testing.assert_array_equal(slide(image, result.kernel, Sliding(stride=2)).output, result.output)


@pytest.mark.parametrize("sliding", SLIDINGS, ids=str)
def test_left_out_are_exactly_the_rows_and_columns_without_influence(sliding: Sliding) -> None:
    result = slide(picture(1, 11, 8), np.ones((2, 3)), sliding)
    padded = torch.from_numpy(result.padded)[None].requires_grad_()
    F.conv2d(
        padded, torch.ones(1, 1, 2, 3), stride=sliding.stride, dilation=sliding.dilation
    ).sum().backward()
    assert padded.grad is not None
    reached = padded.grad[0, 0].numpy() != 0
    rows, columns = result.left_out
    assert rows == tuple(np.flatnonzero(~reached.any(axis=1)))
    assert columns == tuple(np.flatnonzero(~reached.any(axis=0)))


@pytest.mark.parametrize(
    ("size", "kernel", "sliding", "sentence"),
    [
        ((1, 1), (3, 3), Sliding(), "it has 3 numbers on a side, the picture only 1 pixel."),
        ((9, 2), (1, 3), Sliding(), "it has 3 numbers on a side, the picture only 2 pixels."),
        ((5, 5), (3, 3), Sliding(dilation=3), "which dilation spreads over 7, the picture only 5 pixels."),
        (
            (3, 9),
            (1, 1),
            Sliding(3, "reflect"),
            "A picture of 3×9 can be mirrored by 2 pixels at most, not by 3",
        ),
    ],
)
def test_a_sentence_says_why_there_is_no_place(
    size: tuple[int, int], kernel: tuple[int, int], sliding: Sliding, sentence: str
) -> None:
    with pytest.raises(NoPosition) as problem:
        slide(picture(1, *size), picture(*kernel), sliding)
    assert sentence in str(problem.value)


def test_padding_makes_a_place_where_there_was_none() -> None:
    assert slide(picture(1, 1, 1), picture(3, 3), Sliding(padding=1)).output.shape == (1, 1, 1)


def test_relu_and_pooling_of_numbers_worked_out_by_hand() -> None:
    maps = np.array([[[-1, 2, 0, 9], [3, -8, 4, 9], [9, 9, 9, 9]]], np.float32)
    np.testing.assert_array_equal(relu(maps), [[[0, 2, 0, 9], [3, 0, 4, 9], [9, 9, 9, 9]]])
    # The third row falls away.
    np.testing.assert_array_equal(max_pool(maps), [[[3, 9]]])
    np.testing.assert_array_equal(average_pool(maps), [[[-1, 5.5]]])


@pytest.mark.parametrize("shape", [(1, 1, 1), (3, 1, 5), (1, 4, 1)])
def test_nothing_is_left_of_a_map_too_small_for_a_pool(shape: tuple[int, int, int]) -> None:
    assert max_pool(picture(*shape)).size == average_pool(picture(*shape)).size == 0
