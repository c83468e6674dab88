import numpy as np
import pytest

from dlviz import kernels, weights
from dlviz.convolution import convolve2d
from dlviz.kernels import KERNELS, LARGEST, BadKernel

FLAT = np.full((5, 5), 0.5)
RAMP = np.tile(np.arange(5.0), (5, 1))  # brighter by 1 at each step to the right


def test_the_kernels_that_look_for_change_find_none_in_a_flat_picture() -> None:
    for name in ("edge", "sobel_x", "sobel_y", "laplacian"):
        np.testing.assert_allclose(convolve2d(FLAT, KERNELS[name]), 0, atol=1e-12)


def test_the_others_keep_a_flat_picture_as_it_is() -> None:
    for name in ("identity", "sharpen", "box", "gaussian", "emboss"):
        np.testing.assert_allclose(convolve2d(FLAT, KERNELS[name]), 0.5, atol=1e-6)


def test_the_lessons_edge_detector_has_8_in_the_middle_and_minus_1_all_round() -> None:
    expected = np.full((3, 3), -1.0)
    expected[1, 1] = 8
    np.testing.assert_array_equal(KERNELS["edge"], expected)


def test_sobel_measures_how_much_brighter_it_grows_to_the_right_and_downwards() -> None:
    np.testing.assert_array_equal(convolve2d(RAMP, KERNELS["sobel_x"]), 8)
    np.testing.assert_array_equal(convolve2d(RAMP, KERNELS["sobel_y"]), 0)
    np.testing.assert_array_equal(convolve2d(RAMP.T, KERNELS["sobel_y"]), 8)


def test_identity_gives_the_picture_without_its_rim_back() -> None:
    np.testing.assert_array_equal(convolve2d(RAMP, KERNELS["identity"]), RAMP[1:-1, 1:-1])


def test_the_kernels_cannot_be_changed_for_other_learners() -> None:
    for kernel in KERNELS.values():
        with pytest.raises(ValueError, match="read-only"):
            kernel[0, 0] = 7


def test_a_seed_gives_one_random_kernel_and_another_seed_another() -> None:
    np.testing.assert_array_equal(kernels.random(3), kernels.random(3))
    assert (kernels.random(3) != kernels.random(4)).any()
    assert kernels.random(3).shape == (3, 3)


def test_learned_kernels_are_the_first_layers() -> None:
    model = weights.load("simple_cnn")
    found = kernels.learned(model)
    assert found.shape == (32, 3, 3)
    np.testing.assert_array_equal(found[:, None], model.state_dict()["conv_layers.0.weight"].numpy())


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0", 0),
        (" -2 ", -2),
        ("+.5", 0.5),
        ("3.", 3),
        ("1/9", 1 / 9),
        ("-1.5/3", -0.5),
        ("0,25", 0.25),
        ("−7", -7),
        ("–7", -7),
        ("1e-3", 0.001),
        ("1⁄9", 1 / 9),
        ("½", 0.5),
        ("1 000", 1000),
    ],
)
def test_a_cell_holds_a_decimal_or_a_fraction(text: str, value: float) -> None:
    assert kernels.read([[text]]).item() == pytest.approx(value)


@pytest.mark.parametrize("text", ["nan", "NaN", "inf", "-Infinity", "1_0", "two", "1/", "/2", "--1", "٣x"])
def test_anything_else_is_no_number(text: str) -> None:
    with pytest.raises(BadKernel, match=f"^Row 2, column 1 of the kernel: “{text}” is no number.$"):
        kernels.read([["0"], [text]])


@pytest.mark.parametrize("text", ["1e9", "12345", "-10000", "0.0000001"])
def test_a_number_that_no_cell_can_hold_is_refused(text: str) -> None:
    with pytest.raises(
        BadKernel,
        match=r"Row 2, column 1 .* is not a number from −9999 to 9999 with at most six decimals",
    ):
        kernels.read([["0"], [text]])


def test_what_may_be_thousands_is_asked_about() -> None:
    with pytest.raises(BadKernel, match=r"column 1 of the kernel: “1,500” can be read as 1\.500 or as 1500"):
        kernels.read([["1,500"]])


@pytest.mark.parametrize("text", ["", "  "])
def test_an_empty_cell_asks_for_a_number(text: str) -> None:
    with pytest.raises(BadKernel, match="Row 1, column 2 of the kernel is empty: type a number"):
        kernels.read([["0", text]])


def test_a_cell_divided_by_zero_says_so() -> None:
    with pytest.raises(BadKernel, match="Row 1, column 1 of the kernel: “1/0” divides by zero"):
        kernels.read([["1/0"]])


@pytest.mark.parametrize(
    "cells", [[], [[]], [["0"], ["0", "0"]], [["0"] * (LARGEST + 1)], [["0"]] * (LARGEST + 1)]
)
def test_a_kernel_has_one_to_seven_rows_and_columns(cells: list[list[str]]) -> None:
    with pytest.raises(BadKernel, match="A kernel has 1 to 7 rows and columns"):
        kernels.read(cells)


@pytest.mark.parametrize("shape", [(1, 1), (2, 5), (7, 7)])
def test_a_kernel_comes_back_from_its_text(shape: tuple[int, int]) -> None:
    kernel = np.random.default_rng(1).normal(size=shape).astype(np.float32)
    text = kernels.to_text(kernel)
    np.testing.assert_allclose(kernels.from_text(text), kernel, atol=1e-6)
    assert kernels.to_text(kernels.from_text(text)) == text


def test_a_kernels_text_needs_no_escaping_in_an_address() -> None:
    assert kernels.to_text(np.array([[0, -1.5], [10, 1 / 3]])) == "0_-1.5~10_0.333333"


@pytest.mark.parametrize("text", ["", "~", "1_2~3", "<script>", "1;2", "0_" * 3000])
def test_any_other_text_is_refused(text: str) -> None:
    with pytest.raises(BadKernel):
        kernels.from_text(text)


def test_resizing_keeps_what_fits_and_fills_up_with_zeros() -> None:
    kernel = np.array([[1, 2, 3], [4, 5, 6]])
    np.testing.assert_array_equal(kernels.resized(kernel, 3, 2), [[1, 2], [4, 5], [0, 0]])
