"""Rows that a recurrent network's unit would like to read: the dream's aim, real digits, and what is said."""

import numpy as np
import pytest
import torch

from dlviz import weights
from dlviz.data import digits, mnist
from dlviz.dream import dream
from dlviz.recurrence.dreams import HiddenState
from dlviz.recurrence.followers import hidden_states
from dlviz.ui.labs.rnn import captions
from dlviz.ui.labs.rnn.dreams import KEPT, SHAPE, find_aim, find_strongest
from dlviz.ui.labs.rnn.forward import forward
from dlviz.ui.labs.rnn.networks import load_networks
from dlviz.ui.labs.rnn.sequence import Sequence
from dlviz.ui.labs.rnn.state import State
from dlviz.weights import BadWeights

X = digits.normalise(mnist.digits("test")[0][:20])
LSTM = weights.load("digit_rows_lstm")


@pytest.mark.parametrize("file", ["digit_rows_lstm", "digit_rows_rnn"])
def test_what_is_raised_is_the_hidden_state_of_the_trace(file: str) -> None:
    model = weights.load(file)
    last = 1 if file == "digit_rows_lstm" else 0
    name = f"{file.removeprefix('digit_rows_')}.{last}"
    for step in (0, 13, 27):
        found = HiddenState(last, 5, step).values(model, X).detach()
        expected = hidden_states(model, X[:, 0], name)[:, step, 5]
        torch.testing.assert_close(found, torch.from_numpy(expected), rtol=1e-4, atol=1e-5)


def test_a_dream_raises_a_unit_above_every_real_digit_and_reads_no_later_row() -> None:
    aim = HiddenState(0, 48, 27)
    _, real = find_strongest(LSTM, aim)
    *_, last = dream(LSTM, aim, SHAPE, starts=2, steps=40)
    assert last.values.max() > real[0] + 0.1
    aim = HiddenState(0, 48, 13)
    *_, last = dream(LSTM, aim, SHAPE, starts=2, steps=4)
    blank = last.pictures.clone()
    blank[:, :, 14:] = 0
    torch.testing.assert_close(aim.values(LSTM, 2 * blank - 1).detach(), last.values)


def test_the_strongest_digits_come_first() -> None:
    aim = HiddenState(1, 3, 27)
    best, values = find_strongest(LSTM, aim)
    assert best.shape == values.shape == (KEPT,)
    assert (np.diff(values) <= 0).all()
    chosen = digits.normalise(mnist.digits("test")[0][best])
    np.testing.assert_allclose(aim.values(LSTM, chosen).detach().numpy(), values, atol=1e-5)


def test_the_aim_is_the_unit_and_row_that_are_looked_at() -> None:
    state = State(networks="lstm", layer=2, unit=7, step=9)
    (network,) = load_networks("digit", state)
    passed = forward(network, Sequence.from_digit(mnist.digits("test")[0][0].numpy() / 255), state)
    assert find_aim(passed, state) == HiddenState(1, 7, 9)


def test_a_network_that_computes_no_numbers_says_so() -> None:
    sizes: dict[str, object] = {"input_size": 28, "hidden_size": 4, "num_layers": 1, "output_size": 2}
    broken = weights.build("LSTMModel", sizes)
    broken.get_parameter("lstm.weight_ih_l0").data.fill_(float("nan"))
    with pytest.raises(BadWeights, match="cannot dream"):
        HiddenState(0, 0, 3).values(broken, X)


def test_a_dream_is_compared_with_the_strongest_real_digit() -> None:
    told = captions.liked_rows(7, 28, np.array([0.25, 0.75]), 0.5, 2_000)
    assert told == (
        "After 28 rows, unit 7’s hidden state is **0.75** in the best dream and **0.5** in the strongest of "
        "2,000 test digits. The dream goes 0.25 further; no hidden state can pass 1."
    )
    assert captions.liked_rows(7, 1, np.array([0.5]), 0.5, 9).endswith("This dream does not get as far.")
