"""The MLP lab without its page: its numbers against torch, its sentences, its questions, its messages."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from dlviz import weights
from dlviz.data.digits import normalise
from dlviz.figures.bars import contributions as draw_contributions
from dlviz.figures.theme import OPPOSED, STRONG
from dlviz.models import MLP
from dlviz.ui.components.hidden_layer import Picture, message
from dlviz.ui.inputs.digit import test_digit as numbered_digit
from dlviz.ui.labs.mlp import captions, counting, shifting
from dlviz.ui.labs.mlp.forward import (
    ForwardPass,
    clamp_choices,
    forward,
    ink_sum,
    off_until_it_tips,
    shown_order,
    shown_unit,
)
from dlviz.ui.labs.mlp.networks import DIGITS, FullyConnectedNetwork, HiddenLayer, load_network
from dlviz.ui.labs.mlp.pictures import fold
from dlviz.ui.labs.mlp.questions import ask_main, main_question, questions
from dlviz.ui.labs.mlp.state import State, read_off, write_off
from tests.packed import unpack

SEVEN = numbered_digit(0)[0]


def deep(batch_norm: bool = True) -> FullyConnectedNetwork:
    """A network of two hidden layers, whose norms are not the ones it began with."""
    torch.manual_seed(0)
    model = MLP(hidden_size=12, depth=2, dropout=0.3, batch_norm=batch_norm)
    for module in model.modules():
        if isinstance(module, nn.BatchNorm1d):
            nn.init.uniform_(module.running_mean, -1, 1)  # pyright: ignore[reportArgumentType]
            nn.init.uniform_(module.weight, 0.5, 2)
            nn.init.uniform_(module.bias, -1, 1)
    return FullyConnectedNetwork(model.eval(), "Made for a test", DIGITS)


def through(network: FullyConnectedNetwork, **fields: object) -> ForwardPass:
    return forward(network, SEVEN, replace(State(), **fields))


def test_the_hidden_layers_are_found_by_the_names_of_a_trace() -> None:
    assert load_network(State()).hidden_layers == [HiddenLayer("layers.0", "layers.1", "", "layers.2")]
    network = deep()
    assert network.hidden_layers == [
        HiddenLayer("layers.0", "layers.1", "layers.2", "layers.3"),
        HiddenLayer("layers.4", "layers.5", "layers.6", "layers.7"),
    ]
    assert network.output == "layers.9"


@pytest.mark.parametrize("batch_norm", [False, True])
def test_the_pass_is_what_pytorch_makes_of_the_same_drawing(batch_norm: bool) -> None:
    network = deep(batch_norm)
    passed, x = through(network), normalise(torch.from_numpy(SEVEN)[None])
    with torch.inference_mode():
        torch.testing.assert_close(torch.from_numpy(passed.logits), network.model(x)[0])
        for place, layer in enumerate(network.model.get_submodule("layers").children()):
            x = layer(x)
            np.testing.assert_allclose(passed.record[f"layers.{place}"], x, atol=1e-5)
    for layer, names in enumerate(network.hidden_layers, 1):
        for unit in (0, 11):
            assert passed.sum_of(layer, unit).total == pytest.approx(
                float(passed.record[names.linear][0, unit]), abs=1e-4
            )


def test_a_unit_switched_off_is_a_zero_before_the_next_layer() -> None:
    network = deep()
    passed = through(network, off={1: [3, 5], 2: [0]})
    layers = list(network.model.get_submodule("layers").children())
    x = normalise(torch.from_numpy(SEVEN)[None])
    with torch.inference_mode():
        for place, layer in enumerate(layers):
            x = layer(x)
            if place == 3:
                x[:, [3, 5]] = 0
            if place == 7:
                x[:, 0] = 0
    np.testing.assert_allclose(passed.logits, x[0], atol=1e-5)
    assert passed.untouched is not None
    np.testing.assert_array_equal(passed.untouched.logits, through(network).logits)


def test_units_go_from_the_most_helpful_one_on_until_the_answer_tips() -> None:
    passed = through(load_network(State()))
    off, tips = off_until_it_tips(passed, 1)
    assert tips
    assert through(passed.network, off={1: off}).predicted != passed.predicted
    first = int(passed.contributions(passed.predicted).argmax())
    assert first in off
    assert through(passed.network, off={1: [first]}).predicted == passed.predicted or off == [first]


@pytest.mark.parametrize("direction", shifting.STEPS)
def test_a_moved_drawing_has_left_its_place_and_lost_what_went_over_the_edge(direction: str) -> None:
    drawing = np.arange(784, dtype=np.float32).reshape(28, 28)
    rows, columns = shifting.STEPS[direction]
    moved = shifting.move(drawing[None], 5, direction)[0]
    expected = np.roll(drawing, (5 * rows, 5 * columns), axis=(0, 1))
    edge = {"right": np.s_[:, :5], "left": np.s_[:, -5:], "up": np.s_[-5:], "down": np.s_[:5]}[direction]
    expected[edge] = 0
    np.testing.assert_array_equal(moved, expected)
    np.testing.assert_array_equal(shifting.move(drawing, 0, direction), drawing)


def test_both_networks_read_the_same_moved_pixels() -> None:
    models = {"MLP": weights.load("mlp"), "CNN": weights.load("simple_cnn")}
    moved = shifting.move_drawing(models, SEVEN, "down")
    for name, model in models.items():
        for by in range(7):
            x = torch.from_numpy(shifting.move(SEVEN, by, "down"))[None]
            with torch.inference_mode():
                expected = model(normalise(x)).softmax(1)[0]
            np.testing.assert_allclose(moved.answers[name][by], expected, atol=1e-5)
    assert moved.lost[0] == 0
    assert moved.lost[6] == pytest.approx(SEVEN[-6:].sum() / SEVEN.sum(), abs=1e-5)


def test_an_answer_stays_until_the_distance_before_it_is_first_another() -> None:
    answers = np.eye(3)[[1, 1, 2, 1, 0, 0, 0]]
    moved = shifting.Moved(np.ones((7, 28, 28)), {"MLP": answers, "CNN": np.eye(3)[[2] * 7]})
    assert (moved.stays_until("MLP"), moved.stays_until("CNN")) == (1, 6)
    told = captions.moved_so_far(moved, ("a", "b", "c"), 3)
    assert told == (
        "Moved by 3 pixels: the MLP said b up to 1 px, and now says **b** again; the CNN still says **c**."
    )
    assert captions.moved_so_far(moved, ("a", "b", "c"), 4).startswith(
        "Moved by 4 pixels: the MLP said b up to 1 px, and now says **a**;"
    )
    assert captions.moved_so_far(moved, ("a", "b", "c"), 0) == (
        "Where it is: the MLP says **b**; the CNN says **c**."
    )


def test_a_sum_is_written_out_with_what_batch_norm_and_relu_make_of_it() -> None:
    passed = through(deep(), off={1: [4]})
    found = passed.sum_of(1, 4)
    normed = float(passed.record["layers.2"][0, 4])
    told = captions.unit_equation(passed, 1, 4, None)
    assert f"**{found.total:.5g}**".replace("-", "−") in told
    assert f"batch norm: {normed:.5g}".replace("-", "−") in told
    assert told.endswith("switched off: **0**")
    ink = captions.unit_equation(passed, 1, 4, ink_sum(SEVEN, found))
    assert f"{np.count_nonzero(SEVEN)} products" in ink
    assert f"**{found.total:.5g}**".replace("-", "−") in ink


def test_the_largest_contributions_are_named_on_either_side() -> None:
    values = np.array([0.5, -2.0, 0.0, 3.0])
    told = captions.decision(through(load_network(State())), 7, values, 0.25)
    assert "2 units for it add 3.5, 1 against it −2, and the bias 0.25" in told
    assert "For it most: unit 3 (+3), unit 0 (+0.5). Against it most: unit 1 (−2)." in told
    bars: Any = draw_contributions(values, list("abcd"), "7", selected=3).data[0]
    assert list(bars.marker.color) == [STRONG, OPPOSED, STRONG, STRONG]
    assert list(bars.marker.line.width) == [0, 0, 0, 2.5]


def test_units_can_be_shown_the_most_active_first() -> None:
    passed = through(load_network(State()))
    order = shown_order(passed, State(order="activation"))
    assert (np.diff(passed.activations(1)[order]) <= 0).all()
    assert shown_unit(passed, State(unit=9)) == 9


def test_what_a_network_does_not_have_is_taken_back() -> None:
    state = State(layer=5, unit=90, off={1: [3, 50], 4: [1]}, answer="12")
    changes = clamp_choices(deep(), state)
    assert changes == {"layer": 2, "unit": None, "off": {1: [3]}, "answer": "predicted"}
    assert clamp_choices(load_network(State()), State(unit=127, answer="9")) == {}


def test_units_off_are_written_into_a_link_and_read_back() -> None:
    off = {1: [0, 1, 2, 9], 3: [4]}
    assert write_off(off) == "1:0-2,9;3:4"
    assert read_off("1:0-2,9;3:4") == off
    for wrong in ("0:1", "9:1", "1:1024", "1:", "1:x", "1", "a:1"):
        with pytest.raises(ValueError, match=r".*"):
            read_off(wrong)


def test_the_message_has_each_weights_place_on_the_scale() -> None:
    pictures = np.linspace(-1, 1, 8 * 784, dtype=np.float32).reshape(8, 28, 28)
    activations = np.arange(8, dtype=np.float32)
    picture = Picture(
        "t", "n", "a", pictures, range(8), SEVEN, activations, 3, [1], DIGITS, activations, ["0.1 %"], None, 0
    )
    header, arrays = unpack(message(picture))
    assert header["limit"] == pytest.approx(0.99, abs=0.001)
    expected = np.rint(255 * np.clip((pictures / header["limit"] + 1) / 2, 0, 1))
    np.testing.assert_array_equal(arrays["weights"], expected.astype(np.uint8))
    np.testing.assert_array_equal(arrays["activations"], activations)
    assert (header["selected"], header["off"], header["empty"]) == (3, [1], False)


def test_the_parameters_are_those_of_the_models() -> None:
    for model in (deep().model, weights.load("simple_cnn")):
        assert sum(count for _, _, count in counting.counts(model)) == counting.total(model)
    assert "92,672, fewer than" in counting.compare(weights.load("mlp"), weights.load("simple_cnn"))
    assert "92,672, more than" in counting.compare(deep().model, weights.load("simple_cnn"))


def test_a_vector_is_laid_out_nearly_square() -> None:
    assert [fold(np.arange(count)).shape for count in (128, 12, 7, 1)] == [(8, 16), (3, 4), (1, 7), (1, 1)]


def test_the_questions_are_answered_from_the_pass() -> None:
    passed = through(load_network(State()))
    lit, first = questions(passed, State())
    count = int((passed.activations(1) > 0).sum())
    assert f"{count} sums are above 0" in lit.because
    assert first.answer == "100,480"
    assert len({*first.options}) == 4


def test_the_main_question_is_answered_by_both_networks_on_the_moved_drawing() -> None:
    passed = through(load_network(State()))
    question = main_question(passed, State())
    assert question is not None
    picture = np.pad(passed.pixels, ((0, 0), (5, 0)))[:, :28]  # five pixels to the right
    before, after = (normalise(torch.tensor(each)[None]) for each in (passed.pixels, picture))
    with torch.inference_mode():
        stay = [
            bool(model(before).argmax() == model(after).argmax())
            for model in (weights.load("mlp"), weights.load("simple_cnn"))
        ]
    expected = {(True, True): "both", (False, True): "the CNN alone", (False, False): "neither"}
    assert question.answer == expected[stay[0], stay[1]]
    assert State(**question.shows).shift == 5
    asked = ask_main(passed, State())
    assert asked is not None
    assert (asked.text, asked.answer, asked.because) == (question.text, None, "")
    assert ask_main(through(load_network(State(weights="random"))), State()) is None
