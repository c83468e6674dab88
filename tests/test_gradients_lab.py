"""The Gradients lab's forward pass against plain networks, and what it says and asks of its curves."""

import contextlib
import io
import re

import numpy as np
import pytest

from dlviz import weights
from dlviz.data import memory
from dlviz.recurrence.gradients import flow, untrained, with_forget_bias, with_gain
from dlviz.ui.fields import codecs
from dlviz.ui.labs.gradients import captions
from dlviz.ui.labs.gradients.clipping import compare, descend
from dlviz.ui.labs.gradients.forward import KINDS, forward
from dlviz.ui.labs.gradients.memory import lesson_of_delays, reached_table
from dlviz.ui.labs.gradients.questions import questions, script, shown_code
from dlviz.ui.labs.gradients.state import BIASES, GAINS, HIDDEN, State
from dlviz.ui.server import model_cache

SHORT = State(steps=10, hidden=16, seed=5)


@pytest.mark.parametrize(
    "state", [SHORT, State(steps=10, hidden=16, seed=5, bias=3.0, gain=2.0)], ids=["as drawn", "changed"]
)
def test_the_pass_is_that_of_the_plain_networks_on_one_sequence(state: State) -> None:
    x, target = memory.sequences(1, 9, 5)
    flows = forward(state).flows
    for kind in KINDS:
        model = untrained(kind, 16, 5)
        if kind == "LSTM" and state.bias is not None:
            model = with_forget_bias(model, state.bias)
        if kind == "RNN":
            model = with_gain(model, state.gain)
        np.testing.assert_allclose(flows[kind].hidden, flow(model, x, int(target)).hidden, rtol=1e-9)


def test_trained_networks_are_the_memory_tasks() -> None:
    state = State(weights="trained", steps=30)
    x, target = memory.sequences(1, 29, 0)
    expected = flow(weights.load("memory_gru"), x, int(target)).hidden
    np.testing.assert_allclose(forward(state).flows["GRU"].hidden, expected, rtol=1e-9)
    said = captions.provenance(state).replace("\u00a0", " ")
    assert said.startswith(
        "Networks of 64 units trained on the memory task; right after 200 steps of noise: "
    )
    assert said.endswith("RNN 100.0 %, LSTM 100.0 %, GRU 100.0 %. Double precision.")


def test_shares_are_of_the_last_steps_gradient() -> None:
    passed = forward(SHORT)
    for kind, flow_ in passed.flows.items():
        assert passed.shares[kind] == pytest.approx(flow_.hidden[0] / flow_.hidden[-1])


def test_an_lstm_as_drawn_vanishes_too_and_that_is_said() -> None:
    passed = forward(State())
    assert "An LSTM as PyTorch draws it vanishes as well" in captions.forget_gates(passed, State())
    assert "It has vanished in all three" in captions.what_arrives(passed)


def test_where_an_lstm_as_drawn_has_not_vanished_nothing_else_is_said() -> None:
    state = State(steps=2)
    arrives, gates = captions.what_arrives(forward(state)), captions.forget_gates(forward(state), state)
    assert "1 step back, so much" in arrives
    assert "can still be learnt by the RNN, the LSTM and the GRU." in arrives
    assert "vanish" not in arrives
    assert gates.endswith("Over more steps it vanishes.")


def test_beside_an_exploding_rnn_the_lstm_does_not_vanish_as_well() -> None:
    state = State(gain=3.0)
    assert "It explodes in the RNN." in captions.what_arrives(forward(state))
    assert "An LSTM as PyTorch draws it vanishes. Its" in captions.forget_gates(forward(state), state)


def test_with_forget_bias_three_the_lstm_alone_can_learn() -> None:
    state = State(bias=3.0)
    arrives = captions.what_arrives(forward(state))
    assert "What stood at the first step can still be learnt by the LSTM." in arrives
    assert captions.forget_gates(forward(state), state).endswith("with a bias of 3.")


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (0.0, "exactly 0"),
        (0.0123, "0.012"),
        (9.96, "10"),
        (1234.5, "1234"),
        (2.04e-20, "2.0 · 10⁻²⁰"),
        (5e12, "5.0 · 10¹²"),
    ],
)
def test_numbers_in_sentences_are_plain_near_one_and_powers_of_ten_elsewhere(
    value: float, written: str
) -> None:
    assert captions.write_number(value) == written


def test_provenance_names_what_was_changed() -> None:
    assert captions.provenance(State(hidden=32, seed=5, bias=0.5, gain=1.5)) == (
        "Random weights as PyTorch draws them, 32 units, seed 5; the LSTM’s forget bias set to 0.5; "
        "the RNN’s recurrent weights × 1.5. Double precision."
    )


def test_of_weights_that_do_not_say_what_they_reached_less_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model_cache, "measured", lambda _: {})
    said = captions.provenance(State(weights="trained"))
    assert said == "Networks of 64 units trained on the memory task. Double precision."
    assert reached_table("accuracy", "Trained somehow") == ""
    assert lesson_of_delays() == ""


def test_descents_are_compared_by_their_largest_gradient_and_their_end() -> None:
    descents = descend(3.0, 0)
    end = np.mean([step.loss for step in descents["clipped to norm 1"][-10:]])
    said = compare(descents)
    assert "clipped to norm 1: the largest gradient had norm" in said
    assert (
        f"the largest step moved the weights by 0.1, and the last ten batches have a loss of {end:.2f}"
        in said
    )
    assert said.endswith("A guess at random costs 2.08 nats.")


@pytest.mark.parametrize("state", [SHORT, State(steps=10, hidden=16, bias=4.0)], ids=["as drawn", "bias 4"])
def test_questions_are_answered_from_the_curves(state: State) -> None:
    passed = forward(state)
    asked = {question.name: question for question in questions(passed, state)}
    assert asked["longest"].answer == max(passed.shares, key=lambda kind: passed.shares[kind])
    x, target = memory.sequences(1, 9, state.seed)
    low, high = (
        flow(with_forget_bias(untrained("LSTM", 16, state.seed), bias), x, int(target)).hidden
        for bias in (1.0, 4.0)
    )
    grows = high[0] / high[-1] > low[0] / low[-1]
    assert asked["bias"].answer == ("It grows" if grows else "It shrinks")
    lstm = passed.flows["LSTM"]
    assert lstm.cell is not None
    through = "cell" if lstm.cell[0] > lstm.hidden[0] else "hidden"
    assert asked["cell"].answer == f"Through the {through} state"
    assert all(question.answer in question.options for question in asked.values())


def test_the_script_prints_the_gradients_on_screen() -> None:
    state = State(steps=10, hidden=16, seed=5, bias=3.0, gain=2.0)
    text = io.StringIO()
    with contextlib.redirect_stdout(text):
        exec(script(forward(state), state), {"__name__": "__main__"})
    for kind, found in forward(state).flows.items():
        (line,) = [line for line in text.getvalue().splitlines() if re.match(rf"{kind}\b", line)]
        numbers = [float(number) for number in re.findall(r"\d\.\d+e[+-]\d+", line)]
        np.testing.assert_allclose(numbers[:2], [found.hidden[-1], found.hidden[0]], rtol=1e-3)


def test_the_code_shown_begins_with_a_network() -> None:
    assert [thing.__name__ for thing in shown_code(forward(SHORT), SHORT)] == [
        "SimpleRNN",
        "flow",
        "with_forget_bias",
        "descent",
    ]


@pytest.mark.parametrize(
    ("field", "options"),
    [("hidden", HIDDEN), ("bias", BIASES), ("gain", GAINS)],
    ids=["hidden", "bias", "gain"],
)
def test_numbers_of_controls_stand_in_a_link_as_on_the_control(field: str, options: dict) -> None:
    codec = codecs(State)[field]
    for text, number in options.items():
        assert codec.read(text) == number
        assert codec.write(number) == text
    with pytest.raises(ValueError, match="63"):
        codec.read("63")
