"""The Convolution lab's questions and script against its own run; what it reads from a link."""

import contextlib
import io
import re

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from dlviz import kernels
from dlviz.convolution import Sliding, slide
from dlviz.figures import theme
from dlviz.questions import Choice
from dlviz.ui.fields import codecs
from dlviz.ui.labs.convolution.controls import checked_cells
from dlviz.ui.labs.convolution.forward import ForwardPass, Kernel, Picture, forward
from dlviz.ui.labs.convolution.kernel_too_large import lay_over
from dlviz.ui.labs.convolution.questions import questions, script
from dlviz.ui.labs.convolution.state import CHANNELS, State, checked_pixel

RANDOM = np.random.default_rng(0)
PLAIN = Sliding()
SLIDINGS = [
    PLAIN,
    Sliding(2, "reflect", 2, 2),
    Sliding(1, "replicate", 3, 1),
    Sliding(padding=3, stride=1, dilation=3),
]


def passed(
    sliding: Sliding = PLAIN, name: str = "edge", size: tuple[int, int] = (17, 14), channels: int = 1
) -> ForwardPass:
    picture = Picture("noise", RANDOM.random((channels, *size)).astype(np.float32))
    return forward(picture, Kernel(name, kernels.KERNELS[name]), sliding)


def asked(through: ForwardPass) -> dict[str, Choice]:
    return {question.name: question for question in questions(through, State())}


@pytest.mark.parametrize("sliding", SLIDINGS, ids=str)
def test_the_size_asked_for_is_what_pytorch_makes_with_the_other_stride(sliding: Sliding) -> None:
    lab = passed(sliding)
    stride = 2 if sliding.stride == 1 else 1
    other = Sliding(sliding.padding, sliding.padding_mode, stride, sliding.dilation)
    height, width = slide(lab.picture.pixels, lab.kernel.values, other).output.shape[1:]
    question = asked(lab)["size"]
    assert f"the stride is {stride}" in question.text
    assert question.answer == f"{height}×{width}"


@pytest.mark.parametrize("name", list(kernels.KERNELS))
def test_what_becomes_of_a_flat_part_is_what_the_kernel_makes_of_one(name: str) -> None:
    flat = slide(np.full((1, 3, 3), 0.5, np.float32), kernels.KERNELS[name], Sliding()).output.item()
    answers = {0.0: "It becomes 0", 0.5: "It keeps its value"}
    assert asked(passed(name=name))["flat"].answer == answers[round(flat, 6)]


def test_a_flat_part_becomes_another_value_under_a_kernel_of_another_sum() -> None:
    lab = passed()
    twice = forward(lab.picture, Kernel("twice", 2 * kernels.KERNELS["identity"]), Sliding())
    question = asked(twice)["flat"]
    assert question.answer == "It becomes another value"
    assert "becomes 2 times its value" in question.because


@pytest.mark.parametrize("sliding", SLIDINGS, ids=str)
def test_the_part_that_decides_a_pooled_pixel_is_the_one_with_a_gradient(sliding: Sliding) -> None:
    padded = torch.rand(1, 1, 40, 40, requires_grad=True)
    result = F.conv2d(padded, torch.ones(1, 1, 3, 3), stride=sliding.stride, dilation=sliding.dilation)
    F.avg_pool2d(result, 2)[0, 0, 0, 0].backward()
    assert padded.grad is not None
    height, width = padded.grad[0, 0].nonzero().amax(dim=0) + 1
    assert asked(passed(sliding))["seen"].answer == f"{height}×{width}"


@pytest.mark.parametrize("sliding", SLIDINGS, ids=str)
@pytest.mark.parametrize("size", [(17, 14), (10, 10), (64, 43)])
def test_the_answer_is_one_of_several_different_options(sliding: Sliding, size: tuple[int, int]) -> None:
    for question in questions(passed(sliding, size=size), State()):
        assert question.answer in question.options
        assert len(set(question.options)) == len(question.options) >= 3


def test_a_result_too_small_for_pooling_is_not_asked_about_it() -> None:
    assert list(asked(passed(size=(3, 9)))) == ["size", "flat"]


@pytest.mark.parametrize("sliding", SLIDINGS, ids=str)
@pytest.mark.parametrize("channel", CHANNELS)
def test_the_script_prints_the_result_on_screen(sliding: Sliding, channel: str) -> None:
    lab = passed(sliding, channels=3)
    text = io.StringIO()
    with contextlib.redirect_stdout(text):
        exec(script(lab, State(channel=channel)), {"__name__": "__main__"})
    size, *rows = text.getvalue().splitlines()
    output = lab.convolved.output[CHANNELS.index(channel)]
    assert size == "×".join(map(str, output.shape))
    np.testing.assert_allclose([[float(number) for number in row.split()] for row in rows], output, atol=1e-6)


def test_the_script_says_which_channel_it_takes_if_there_are_several() -> None:
    assert "the blue one" in script(passed(channels=3), State(channel="blue")).splitlines()[0]
    assert "blue" not in script(passed(), State(channel="blue"))


def test_a_kernel_that_has_no_place_is_laid_over_the_picture_and_beyond() -> None:
    picture = Picture("grey", np.full((1, 3, 4), 0.2, np.float32))
    image = lay_over(picture, np.array([[1.0, 0], [0, -1]]), Sliding(padding=1, dilation=7))
    rows = columns = 8  # the two numbers on a side, seven apart
    cell = image.shape[0] // rows
    assert image.shape == (rows * cell, columns * cell, 3)
    middles = image[cell // 2 :: cell, cell // 2 :: cell]
    np.testing.assert_array_equal(middles[1:4, 1:5], np.full((3, 4, 3), 51))
    assert len(np.unique(middles[5:7].reshape(-1, 3), axis=0)) == 1
    np.testing.assert_array_equal(middles[0, 0], theme.DIVERGING_TABLE[-1])
    np.testing.assert_array_equal(middles[7, 7], theme.DIVERGING_TABLE[0])


@pytest.mark.parametrize("text", ["", "3", "3-", "-3", "3-4-5", "a-b", "1.5-2", "600-0", "0-600", "³-1"])
def test_a_pixel_in_a_link_is_a_row_and_a_column(text: str) -> None:
    with pytest.raises(ValueError, match=f"{re.escape(text)}|a row and a column"):
        codecs(State)["pixel"].read(text)


def test_what_a_field_writes_into_a_link_it_reads_again() -> None:
    values = {"pixel": (12, 7), "own": "1_0.5~-2_0", "padding": 3, "colour": True, "mode": "reflect"}
    for name, value in values.items():
        codec = codecs(State)[name]
        assert codec.read(codec.write(value)) == value


@pytest.mark.parametrize("place", [None, [1], [1, 2, 3], ["1", "2"], [1.0, 2], [True, 1], [-1, 0], [0, 600]])
def test_a_place_from_a_browser_is_two_whole_numbers_within_a_picture(place: object) -> None:
    with pytest.raises(ValueError, match="a row and a column"):
        checked_pixel(place)


@pytest.mark.parametrize("cells", [None, "12", [], [1], ["1"], [[1]], [["1"], None], {"0": ["1"]}])
def test_cells_from_a_browser_are_rows_of_texts(cells: object) -> None:
    with pytest.raises(kernels.BadKernel, match="could not be read"):
        checked_cells(cells)
