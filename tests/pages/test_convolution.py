"""The Convolution lab, page and state, without a browser: what is chosen, what is sent, what is said."""

from pathlib import Path

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from dlviz import kernels, weights
from dlviz.data import digits, mnist, pictures
from dlviz.ui.labs.convolution.captions import RESIDUE
from dlviz.ui.server import model_cache
from dlviz.ui.text_format.markdown import plain
from tests.pages.convolution_lab import STEPPER, by_pytorch, choose, link, opened, report, said, sent

DIGIT = mnist.digits("test")[0][3].numpy() / 255


def test_the_lab_opens_with_a_photograph_and_the_lessons_edge_detector() -> None:
    app = opened()
    header, arrays = sent(app)
    assert said(app) == []
    assert link(app) == {}
    assert header["title"] == "Photographer"
    np.testing.assert_array_equal(arrays["kernel"], kernels.KERNELS["edge"])
    grey = pictures.grey(pictures.resize(pictures.photograph("camera"), 24))
    np.testing.assert_array_equal(arrays["padded"][0], grey)
    np.testing.assert_array_equal(arrays["output"], by_pytorch(app))


def test_relu_and_pooling_follow_the_result() -> None:
    _, arrays = sent(opened())
    result = torch.tensor(arrays["output"])
    np.testing.assert_array_equal(arrays["relu"], result.clamp(min=0))
    np.testing.assert_array_equal(arrays["max_pool"], F.max_pool2d(result.clamp(min=0), 2))
    np.testing.assert_allclose(arrays["average_pool"], F.avg_pool2d(result.clamp(min=0), 2), atol=1e-7)


def test_padding_stride_and_dilation_change_the_result_and_are_in_the_link() -> None:
    app = choose(opened(), padding=2, mode="reflect", stride=3, dilation=2)
    header, arrays = sent(app)
    assert arrays["padded"].shape == (1, 28, 28)
    np.testing.assert_array_equal(arrays["output"], by_pytorch(app, stride=3, dilation=2))
    assert (header["padding"], header["stride"], header["dilation"]) == (2, 3, 2)
    assert link(app) == {"padding": "2", "mode": "reflect", "stride": "3", "dilation": "2"}
    assert header["size"].splitlines()[1:] == ["height = width = ⌊(24 + 2·2 − 2·(3 − 1) − 1) / 3⌋ + 1 = 8"]


def test_the_rows_and_columns_that_no_window_reads_are_told() -> None:
    header, _ = sent(opened(size="10", stride="2", photograph="chelsea"))
    assert header["size"].splitlines()[1:] == [
        "height = ⌊(7 + 2·0 − 1·(3 − 1) − 1) / 2⌋ + 1 = 3",
        "width = ⌊(10 + 2·0 − 1·(3 − 1) − 1) / 2⌋ + 1 = 4",
    ]
    # The cat has 7×10 pixels: windows of 3 stand at rows 0, 2, 4 and columns 0, 2, 4, 6.
    assert header["left_out"] == {"rows": [], "columns": [9]}
    assert header["note"] == "grey: 1 column that no window reads"


@pytest.mark.parametrize("name", list(kernels.KERNELS))
def test_each_kernel_is_laid_over_the_picture(name: str) -> None:
    app = choose(opened(size="10"), kernel=name)
    np.testing.assert_array_equal(sent(app)[1]["kernel"], kernels.KERNELS[name])
    np.testing.assert_array_equal(sent(app)[1]["output"], by_pytorch(app))


def test_a_random_kernel_comes_from_its_seed() -> None:
    app = choose(opened(), kernel="random", seed=7)
    np.testing.assert_array_equal(sent(app)[1]["kernel"], kernels.random(7))
    assert link(app) == {"kernel": "random", "seed": "7"}


def test_a_learned_kernel_is_one_of_simplecnns_first_layer() -> None:
    app = choose(opened(), kernel="learned", map=31)
    expected = weights.load("simple_cnn").state_dict()["conv_layers.0.weight"][31, 0]
    np.testing.assert_array_equal(sent(app)[1]["kernel"], expected)


def test_a_colour_picture_goes_through_the_kernel_channel_by_channel() -> None:
    app = choose(opened(photograph="coffee"), colour=True)
    _, arrays = sent(app)
    rgb = pictures.resize(pictures.photograph("coffee"), 24).transpose(2, 0, 1) / np.float32(255)
    np.testing.assert_allclose(arrays["padded"], rgb, atol=1e-7)
    np.testing.assert_array_equal(arrays["output"], by_pytorch(app))


def test_of_a_colour_picture_the_zeros_are_those_of_all_three_channels() -> None:
    for query, whose in (({"photograph": "coffee", "colour": "on"}, "the three channels"), ({}, "it")):
        header, arrays = sent(opened(**query))
        share = 100 * float(np.mean(arrays["relu"] < RESIDUE))
        assert header["panels"]["relu"]["text"] == f"{share:.1f} % of {whose} is 0"


def test_a_grey_photograph_is_not_offered_in_colour() -> None:
    app = opened(colour="on")
    toggle = app.toggle(key="convolution.colour")
    assert toggle.disabled
    assert toggle.proto.help == "Photographer is grey: its three channels are the same."
    assert sent(app)[0]["channels"] == []
    assert not opened(photograph="coffee").toggle(key="convolution.colour").disabled


def test_the_channel_that_is_looked_at_is_in_the_link() -> None:
    app = report(opened(photograph="coffee", colour="on"), channel=["green", 1])
    header, _ = sent(app)
    assert header["channels"][header["channel"]] == "green"
    assert link(app) == {"photograph": "coffee", "colour": "on", "channel": "green"}
    assert sent(choose(app, colour=False))[0]["channels"] == []


def test_a_full_picture_is_sent_to_be_looked_at_and_a_small_one_to_be_read() -> None:
    app = choose(opened(), size="full")
    header, arrays = sent(app)
    assert header["whole"]
    assert (arrays["padded"].shape, arrays["output"].dtype) == ((1, 512, 512), np.float16)
    header, arrays = sent(choose(app, size="64"))
    assert not header["whole"]
    assert (arrays["padded"].shape, arrays["output"].dtype) == ((1, 64, 64), np.float32)


def test_what_is_not_shown_for_a_while_is_still_chosen_afterwards() -> None:
    app = choose(opened(), photograph="rocket", size="32", colour=True, picture="drawing")
    assert said(app) == ["The paper is empty: draw something on it, and the kernel slides over it."]
    header, arrays = sent(choose(app, picture="photograph"))
    assert header["title"] == "Rocket"
    assert arrays["padded"].shape == (3, 21, 32)


def test_a_pixel_clicked_in_the_result_is_in_the_link() -> None:
    app = report(opened(), pixel=[4, 9, 1])
    assert sent(app)[0]["selected"] == [4, 9]
    assert link(app) == {"pixel": "4-9"}


def test_a_pixel_that_the_result_no_longer_has_becomes_the_nearest_one() -> None:
    app = choose(opened(pixel="21-9"), size="10")
    assert sent(app)[0]["selected"] == [7, 7]
    assert link(app) == {"pixel": "7-7", "size": "10"}


def test_until_a_pixel_is_chosen_the_strongest_is_looked_at() -> None:
    header, arrays = sent(opened())
    row, column = header["selected"]
    assert abs(arrays["output"][0, row, column]) == np.abs(arrays["output"]).max()


@pytest.mark.parametrize(
    "nonsense", [None, "12", [1], [1, 2], [-1, 2, 1], [1, True, 1], [1, 9e9, 1], {"a": 1}]
)
def test_nonsense_from_a_browser_moves_nothing(nonsense: object) -> None:
    app = report(opened(pixel="3-3"), pixel=nonsense, kernel=nonsense, channel=nonsense)
    assert sent(app)[0]["selected"] == [3, 3]
    np.testing.assert_array_equal(sent(app)[1]["kernel"], kernels.KERNELS["edge"])


def test_a_number_typed_into_the_kernel_makes_it_the_learners_own() -> None:
    app = report(opened(), kernel=[["1/2", "0"], ["-1", "0,5"], 1])
    np.testing.assert_array_equal(sent(app)[1]["kernel"], [[0.5, 0], [-1, 0.5]])
    assert link(app) == {"kernel": "own", "own": "0.5_0~-1_0.5"}
    # It is news once: another kernel can be chosen afterwards.
    np.testing.assert_array_equal(sent(choose(app, kernel="box"))[1]["kernel"], kernels.KERNELS["box"])


def test_rows_and_columns_of_ones_own_kernel_can_be_added_and_taken_away() -> None:
    app = choose(opened(kernel="own", own="1_2~3_4"), rows=3, columns=1)
    np.testing.assert_array_equal(sent(app)[1]["kernel"], [[1], [3], [0]])
    assert link(app) == {"kernel": "own", "own": "1~3~0"}


@pytest.mark.parametrize(
    ("cell", "sentence"),
    [
        ("NaN", "Row 1, column 2 of the kernel: “NaN” is no number."),
        ("*1* `a`", r"Row 1, column 2 of the kernel: “\*1\* \`a\`” is no number."),
        (
            "12345",
            "Row 1, column 2 of the kernel is not a number from −9999 to 9999 with at most six decimals.",
        ),
        ("", "Row 1, column 2 of the kernel is empty: type a number, such as 0."),
        ("1/0", "Row 1, column 2 of the kernel: “1/0” divides by zero."),
    ],
)
def test_a_kernel_with_a_bad_number_is_refused_and_the_last_one_stays(cell: str, sentence: str) -> None:
    app = report(opened(), kernel=[["1", cell], 1])
    assert said(app) == [sentence]
    assert sent(app)[0]["problem"] is True
    np.testing.assert_array_equal(sent(app)[1]["kernel"], kernels.KERNELS["edge"])
    assert said(report(app, kernel=[["1", "2"], 2])) == []
    np.testing.assert_array_equal(sent(app)[1]["kernel"], [[1, 2]])


def test_choosing_another_kernel_forgets_what_was_wrong_with_the_last() -> None:
    app = report(opened(), kernel=[["NaN"], 1])
    assert said(choose(app, kernel="box")) == []


def test_a_link_opens_the_same_situation() -> None:
    query = {
        "photograph": "coins",
        "size": "16",
        "colour": "on",
        "channel": "blue",
        "kernel": "own",
        "own": "1_-1",
        "padding": "1",
        "mode": "replicate",
        "stride": "2",
        "dilation": "3",
        "pixel": "2-1",
    }
    app = opened(**query)
    header, arrays = sent(app)
    assert said(app) == []
    assert link(app) == query
    assert (header["title"], header["selected"]) == ("Coins", [2, 1])
    np.testing.assert_array_equal(arrays["output"], by_pytorch(app, stride=2, dilation=3))


def test_a_drawn_digit_comes_with_the_link() -> None:
    text = digits.to_text(DIGIT)
    app = opened(picture="drawing", drawing=text)
    header, arrays = sent(app)
    assert (header["title"], header["ink"]) == ("Your drawing", True)
    np.testing.assert_allclose(arrays["padded"][0], DIGIT, atol=1e-7)
    assert link(app) == {"picture": "drawing", "drawing": text}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("kernel", "evil"),
        ("own", "nan_1"),
        ("own", "1_2~3"),
        ("padding", "-1"),
        ("padding", "9" * 30),
        ("stride", "0"),
        ("dilation", "1.5"),
        ("size", "1000000"),
        ("photograph", "../../../etc/passwd"),
        ("pixel", "1"),
        ("pixel", "-1--1"),
        ("pixel", "700-1"),
        ("drawing", "<script>"),
        ("picture", "__import__"),
        ("colour", "true"),
        ("channel", "infrared"),
    ],
)
def test_what_a_link_holds_wrongly_is_left_out_with_a_notice(name: str, value: str) -> None:
    app = opened(**{name: value, "stride" if name != "stride" else "padding": "2"})
    assert said(app) == [f"Part of the link was not understood and is left out: {name}."]
    assert link(app) == {"stride" if name != "stride" else "padding": "2"}


def test_an_unknown_name_in_a_link_is_not_repeated() -> None:
    app = opened(**{"<b>evil</b>": "1"})
    (sentence,) = said(app)
    assert sentence.endswith("left out: a name that this lab does not know.")


@pytest.mark.parametrize(
    ("choice", "sentence"),
    [
        (
            {"dilation": 6},
            "it has 3 numbers on a side, which dilation spreads over 13, the picture only 10 pixels.",
        ),
        (
            {"photograph": "chelsea", "mode": "reflect", "padding": 7},
            "can be mirrored by 6 pixels at most, not by 7",
        ),
    ],
)
def test_what_leaves_no_position_is_said_and_the_last_result_stays(choice: dict, sentence: str) -> None:
    app = opened(size="10")
    name, value = list(choice.items())[-1]
    choose(app, **{key: choice[key] for key in choice if key != name})
    before = sent(app)[1]
    choose(app, **{name: value})
    assert len(said(app)) == 1
    assert sentence in said(app)[0]
    np.testing.assert_array_equal(sent(app)[1]["output"], before["output"])
    assert link(app)[name] == str(value)


def test_a_link_to_what_is_impossible_says_so() -> None:
    app = opened(size="10", dilation="6")
    assert len(said(app)) == 1
    assert "The kernel has no place on the picture" in said(app)[0]
    assert not [part for part in app.get("bidi_component") if part.proto.id.endswith(STEPPER)]
    (image,) = app.get("image")
    assert "10×10 pixels. The kernel’s framed numbers reach over 13×13" in image.proto.imgs[0].caption


def test_missing_weights_are_said_and_the_last_kernel_stays(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    app = opened()
    monkeypatch.setattr(model_cache, "trained", lambda name: weights.load(name, tmp_path))
    choose(app, kernel="learned")
    assert said(app) == [
        plain("The weights file simple_cnn.safetensors is missing: restore it from the project's repository.")
    ]
    np.testing.assert_array_equal(sent(app)[1]["kernel"], kernels.KERNELS["edge"])
