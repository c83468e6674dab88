"""Units of recurrent networks that follow something: features by hand, a planted unit, the lab's own."""

import numpy as np
import pytest
import torch

from dlviz import weights
from dlviz.data import mnist
from dlviz.recurrence import followers
from dlviz.recurrence.followers import (
    digit_examples,
    find_followers,
    hidden_states,
    sentence_examples,
    series_examples,
)
from dlviz.ui.labs.rnn import followers as panel
from dlviz.ui.labs.rnn.forward import forward
from dlviz.ui.labs.rnn.networks import load_networks
from dlviz.ui.labs.rnn.sequence import Sequence
from dlviz.ui.labs.rnn.state import State


def test_the_features_by_hand() -> None:
    images = torch.zeros(1, 28, 28, dtype=torch.uint8)
    images[0, 2, :3] = 10
    images[0, 4, 7] = 5
    found = digit_examples(images).features
    assert found["row_ink"][0, :6].tolist() == [0, 0, 30, 0, 5, 0]
    assert found["ink"][0, :6].tolist() == [0, 0, 30, 30, 35, 35]
    assert found["rows"][0, [0, 27]].tolist() == [1, 28]
    words = sentence_examples([["it", "was", "n't", "bad"], ["good"]], [torch.ones(4, 2), torch.ones(1, 2)])
    assert words.features["negation"].tolist() == [[0, 0, 1, 1], [0, 0, 0, 0]]
    assert words.read.tolist() == [[True] * 4, [True, False, False, False]]
    series = series_examples(torch.tensor([[0.5, 0.75, 0.25]]))
    assert series.features["change"].tolist() == [[0, 0.25, -0.5]]


def test_padding_changes_no_step_before_it() -> None:
    model = weights.load("real_sentiment_lstm")
    short, long = torch.randn(3, 100), torch.randn(7, 100)
    both = sentence_examples([["a"] * 3, ["a"] * 7], [short, long])
    alone = hidden_states(model, short[None], "lstm.1")
    np.testing.assert_allclose(hidden_states(model, both.x, "lstm.1")[0, :3], alone[0], atol=1e-5)


def test_a_planted_unit_is_found_and_measured_again_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    random = np.random.default_rng(0)

    def planted(_: torch.nn.Module, x: torch.Tensor, __: str) -> np.ndarray:
        states = random.normal(size=(*x.shape[:2], 5))
        states[:, :, 2] = -x[:, :, 0].numpy() + 0.1 * states[:, :, 2]
        return states

    monkeypatch.setattr(followers, "hidden_states", planted)
    here, there = (series_examples(torch.randn(20, 10)) for _ in range(2))
    found = find_followers(torch.nn.Module(), "rnn.0", here, there)["value"]
    assert (found.unit, found.tracks) == (2, True)
    assert found.found < -0.95


def test_the_labs_units_follow_the_ink_and_are_measured_as_numpy_measures() -> None:
    sequence = Sequence.from_digit(mnist.digits("test")[0][0].numpy().astype(np.float32) / 255)
    (network,) = load_networks("digit", State(networks="rnn"))
    passed = forward(network, sequence, State())
    tracker = panel.find_followers(passed)["row_ink"]
    images = mnist.digits("test")[0][200:400]
    with torch.inference_mode():
        states = network.model.get_submodule("rnn")(digit_examples(images).x)[0].numpy()
    ink = images.float().sum(dim=2).numpy().ravel()
    expected = np.corrcoef(states[:, :, tracker.unit].ravel(), ink)[0, 1]
    assert tracker.tracks
    assert tracker.verified == pytest.approx(expected, abs=1e-4)
    assert panel.follower_sentence("digit", tracker).startswith("follows the ink in the row: correlation ")


def test_elsewhere_are_the_digits_in_which_the_unit_is_most_active() -> None:
    sequence = Sequence.from_digit(mnist.digits("test")[0][0].numpy().astype(np.float32) / 255)
    (network,) = load_networks("digit", State(networks="lstm"))
    passed = forward(network, sequence, State(unit=5))
    places = panel.find_elsewhere(passed)
    with torch.inference_mode():
        rows = digit_examples(mnist.digits("test")[0][:200]).x
        layers = network.model.get_submodule("lstm")
        first = torch.nn.LSTM(28, 128, batch_first=True)
        first.load_state_dict({k: v for k, v in layers.state_dict().items() if k.endswith("l0")})
        states = first(rows)[0][:, :, 5].numpy()
    sizes = np.abs(states).max(axis=1)
    assert [place.example for place in places] == np.argsort(-sizes)[:8].tolist()
    assert places[0].step == np.abs(states[places[0].example]).argmax()
    assert abs(places[0].value) == pytest.approx(sizes.max(), abs=1e-5)
