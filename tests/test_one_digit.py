"""One digit through four networks at once."""

from dataclasses import replace
from functools import cache
from importlib import import_module

import numpy as np
import pytest
import torch

from dlviz import weights
from dlviz.data import digits, mnist
from dlviz.trace import trace
from dlviz.ui.components.pad import Drawing, Placed
from dlviz.ui.fields import codecs
from dlviz.ui.one_digit import captions
from dlviz.ui.one_digit.forward import ForwardPass, choose_units, forward, lay_out_maps
from dlviz.ui.one_digit.readers import READERS
from dlviz.ui.one_digit.view import address_fields, digit_fields, filled_cards


@cache
def networks() -> list[torch.nn.Module]:
    return [weights.load(reader.weights) for reader in READERS]


def read_test_digit(sample: int) -> np.ndarray:
    return mnist.digits("test")[0][sample].numpy().astype(np.float32) / 255


@pytest.fixture(scope="module")
def passed() -> ForwardPass:
    return forward(networks(), read_test_digit(0))


def answering(passed: ForwardPass, *answers: int) -> ForwardPass:
    """The same pass with other answers, the first network's at 91 %, each later one's less sure by 10 %."""
    probabilities = np.zeros((4, 10), np.float32)
    probabilities[range(4), list(answers)] = [0.91, 0.81, 0.71, 0.61]
    return replace(passed, probabilities=probabilities)


def test_each_network_answers_as_it_does_by_itself(passed: ForwardPass) -> None:
    x = digits.normalise(torch.from_numpy(read_test_digit(0))[None])
    with torch.inference_mode():
        by_itself = [model(x[:, 0] if "rows" in reader.weights else x) for reader, model in _pairs()]
    expected = torch.cat(by_itself).softmax(dim=1).numpy()
    np.testing.assert_allclose(passed.probabilities, expected, atol=1e-6)
    assert passed.answers == [7, 7, 7, 7]


def _pairs() -> list:
    return list(zip(READERS, networks(), strict=True))


def test_the_maps_are_the_networks_sixteen_strongest(passed: ForwardPass) -> None:
    cnn = networks()[0]
    x = digits.normalise(torch.from_numpy(read_test_digit(0))[None])
    with torch.inference_mode():
        maps = cnn.get_submodule("conv_layers")[:5](x)[0].numpy()  # pyright: ignore[reportIndexIssue]
    np.testing.assert_allclose(passed.maps, maps[passed.channels], atol=1e-5)
    means = maps.mean(axis=(1, 2))
    assert means[passed.channels].min() >= np.delete(means, passed.channels).max()


def test_hidden_states_are_those_of_pytorchs_own_layers(passed: ForwardPass) -> None:
    x = digits.normalise(torch.from_numpy(read_test_digit(0))[None])[:, 0]
    for name, model, shown in zip(("lstm", "rnn"), networks()[1:3], passed.hidden, strict=True):
        with torch.inference_mode():
            hidden = model.get_submodule(name)(x)[0][0].numpy()  # (28, unit), of the last layer
        np.testing.assert_allclose(shown, choose_units(hidden), atol=1e-5)
        assert shown.shape == (28, 28)


def test_attention_is_the_class_tokens_in_the_last_block(passed: ForwardPass) -> None:
    _, record = trace(networks()[3], digits.normalise(torch.from_numpy(read_test_digit(0))[None]))
    heads = record["blocks.2.attention.pattern"][0]
    np.testing.assert_allclose(passed.attention[2, 3], heads[:, 0, 1 + 2 * 7 + 3].mean(), rtol=1e-5)
    assert passed.attention.sum() + passed.itself == pytest.approx(1, abs=1e-5)


def test_units_are_the_largest_in_the_order_of_their_largest_step() -> None:
    hidden = np.zeros((3, 30), np.float32)
    hidden[2, :15], hidden[0, 15:], hidden[1, 3] = 0.5, -0.6, -0.9
    hidden[:, [7, 20]] = 0.01  # the smallest two
    chosen = choose_units(hidden)
    assert chosen.shape == (3, 28)
    assert np.abs(chosen).argmax(axis=0).tolist() == [0] * 14 + [1] + [2] * 13


def test_maps_stand_in_rows_of_four_with_a_gap() -> None:
    maps = np.arange(1, 17, dtype=np.float32)[:, None, None] * np.ones((1, 2, 2), np.float32)
    laid = lay_out_maps(maps)
    assert laid.shape == (11, 11)
    assert laid[0].tolist() == [1, 1, 0, 2, 2, 0, 3, 3, 0, 4, 4]
    assert laid[2].tolist() == [0] * 11
    assert laid[10, 10] == 16


def test_agreement_and_disagreement_are_said(passed: ForwardPass) -> None:
    agreed = captions.agreement(answering(passed, 8, 8, 8, 8))
    assert agreed == "All four read an 8. Least sure is DigitTransformer, with 61.0 %."
    split = captions.agreement(answering(passed, 1, 7, 7, 7))
    assert split == "They disagree: the LSTM, the RNN and DigitTransformer read a 7, SimpleCNN reads a 1."
    apart = captions.agreement(answering(passed, 1, 8, 1, 8))
    assert apart == (
        "They disagree: SimpleCNN and the RNN read a 1, the LSTM and DigitTransformer read an 8."
    )


def test_alternatives_say_what_is_in_the_pictures(passed: ForwardPass) -> None:
    maps, lstm, rnn, attention = captions.alternatives(passed)
    assert f"maps {', '.join(map(str, passed.channels[:3]))}" in maps
    for said, hidden in ((lstm, passed.hidden[0]), (rnn, passed.hidden[1])):
        steps = [np.abs(hidden[row + 1] - hidden[row]).sum() for row in range(27)]
        assert said.endswith(f"at row {steps.index(max(steps)) + 2}.")
    row, column = np.argwhere(passed.attention == passed.attention.max())[0] + 1
    assert f"most at row {row}, column {column}, " in attention


@pytest.mark.parametrize(
    "drawing",
    [
        Drawing(read_test_digit(3), "drawn", version=4),
        Drawing(read_test_digit(3), "placed", placed=Placed("2.", read_test_digit(3), "your drawing")),
        Drawing(
            read_test_digit(3), "placed", placed=Placed("5.3", read_test_digit(3), "test digit 3, labelled 0")
        ),
    ],
)
def test_links_open_each_networks_lab_with_this_digit(drawing: Drawing) -> None:
    for reader in READERS:
        query = address_fields(reader, digit_fields(drawing))
        lab = import_module(f"dlviz.ui.labs.{reader.lab}.state")
        values = {name: codecs(lab.State)[name].read(text) for name, text in query.items()}
        state = lab.State(**values)
        if drawing.placed and drawing.placed.id == "5.3":
            assert state.sample == 3
        else:
            np.testing.assert_array_equal(digits.from_text(state.digit), read_test_digit(3))
            assert state.sample == -1
        assert reader.fields.items() - {("sample", "-1")} <= query.items()


def test_each_card_holds_its_networks_answer_and_picture(passed: ForwardPass) -> None:
    insides = [card.inside for card in filled_cards(passed)]
    assert [inside.answer for inside in insides if inside] == ["7"] * 4
    shapes = [inside.values.shape for inside in insides if inside]
    assert shapes == [(59, 59), (28, 28), (28, 28), (7, 7)]
    best = passed.probabilities.max(axis=1).tolist()
    assert [inside.share for inside in insides if inside] == best
    assert [inside.over for inside in insides if inside] == [False, False, False, True]
