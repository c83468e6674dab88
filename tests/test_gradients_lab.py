"""The Gradients lab's forward pass against plain networks, and what it says and asks of its curves."""

import contextlib
import io
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from dlviz import weights
from dlviz.data import memory
from dlviz.recurrence.gradients import flow, untrained, with_forget_bias, with_gain
from dlviz.training import forget_bias
from dlviz.training.experiments import memory_run
from dlviz.training.forget_bias import Result
from dlviz.training.runs.service import Status
from dlviz.training.tasks import prepare
from dlviz.training.trainer_state import Learner
from dlviz.ui.fields import codecs
from dlviz.ui.labs.gradients import captions
from dlviz.ui.labs.gradients.clipping import compare, descend
from dlviz.ui.labs.gradients.forward import KINDS, forward
from dlviz.ui.labs.gradients.learning import (
    Bias,
    Trial,
    bias_rows,
    holdups,
    necessary_not_sufficient,
    standing,
)
from dlviz.ui.labs.gradients.memory import lesson_of_delays, reached_table
from dlviz.ui.labs.gradients.pictures import changed_curves, factor_rows
from dlviz.ui.labs.gradients.questions import ask_main, main_question, questions, script, shown_code
from dlviz.ui.labs.gradients.state import BIASES, DELAYS, GAINS, HIDDEN, State
from dlviz.ui.server import model_cache
from tests.runs import events, of_kind

SHORT = State(steps=10, hidden=16, seed=5)


def plain(text: str) -> str:
    """The text with plain spaces for those that keep a number on one line."""
    return text.replace("\u00a0", " ")


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
    said = plain(captions.provenance(state))
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
    assert "an LSTM as PyTorch draws it vanishes too: raise the bias." in captions.forget_gates(
        passed, State()
    )
    assert plain(captions.what_arrives(passed)) == (
        "99 steps back, this much of the last step’s gradient is left: RNN 2.0 · 10⁻²⁰, LSTM 8.2 · 10⁻²¹, "
        "LSTM’s cell 4.2 · 10⁻²⁰, GRU 5.6 · 10⁻¹⁸. Nowhere does even 10⁻⁴ of it arrive: it has vanished."
    )


def test_where_an_lstm_as_drawn_has_not_vanished_nothing_else_is_said() -> None:
    state = State(steps=2)
    arrives, gates = captions.what_arrives(forward(state)), captions.forget_gates(forward(state), state)
    assert arrives.startswith("1 step back, this much of the last step’s gradient is left: ")
    assert "A gradient arrives, more than 10⁻⁴ of it, in the RNN, the LSTM, the LSTM’s cell and the GRU." in (
        arrives
    )
    assert "vanish" not in arrives + gates


def test_an_exploding_rnn_is_told_apart() -> None:
    state = State(gain=3.0)
    arrives = captions.what_arrives(forward(state))
    assert arrives.endswith("It grows to more than 10 times its size in the RNN.")


def test_each_way_back_is_told_the_cells_too() -> None:
    passed = forward(State(bias=5.0))
    lstm = passed.flows["LSTM"]
    assert lstm.cell is not None
    assert passed.ways["LSTM’s cell"] == pytest.approx(lstm.cell[0] / lstm.cell[-1])
    assert passed.ways["LSTM"] == passed.shares["LSTM"] == pytest.approx(0.62, abs=0.01)
    arrives = captions.what_arrives(passed)
    assert "It grows to more than 10 times its size in the LSTM’s cell." in arrives
    assert "A gradient arrives, more than 10⁻⁴ of it, in the LSTM." in arrives


@pytest.mark.parametrize("state", [State(), State(bias=3.0), State(weights="trained")])
def test_the_cells_factor_and_that_of_all_ways_are_measured(state: State) -> None:
    passed = forward(state)
    factor = (passed.flows["LSTM"].hidden[0] / passed.flows["LSTM"].hidden[-1]) ** (1 / 99)
    said = captions.forget_gates(passed, state)
    assert f"multiplies a gradient by its forget gate, {passed.flows['LSTM'].open:.2f} on average" in said
    assert f"By all ways together, ‖∂L/∂h‖ is multiplied by {factor:.3f} per step." in said
    assert ("with a bias of 3." in said) == (state.bias == 3)


def test_a_gradient_is_called_necessary_and_not_sufficient_before_training() -> None:
    said = captions.what_it_means(forward(State(bias=3.0)), State(bias=3.0))
    assert said.endswith("a gradient is necessary for learning, not sufficient.")


def test_networks_that_know_without_a_gradient_are_said_to_latch() -> None:
    state = State(weights="trained")
    said = plain(captions.what_it_means(forward(state), state))
    assert said.startswith(
        "Yet the RNN and the LSTM name the first symbol, with a loss of 9.0 · 10⁻⁵ and 7.8 · 10⁻⁶ nats. "
        "They have learnt it already, over delays that grew, and latch it"
    )
    lifted = State(weights="trained", bias=1.0)
    assert plain(captions.what_it_means(forward(lifted), lifted)).startswith(
        "Yet the RNN names the first symbol, with a loss of 9.0 · 10⁻⁵ nats. It has learnt"
    )
    by_the_cell = State(weights="trained", bias=3.0)  # ‖∂L/∂h‖ vanishes, and ∂L/∂c arrives
    assert forward(by_the_cell).shares["LSTM"] < captions.VANISHED
    assert captions.what_it_means(forward(by_the_cell), by_the_cell).startswith("Yet the RNN names")
    near = State(weights="trained", steps=5)
    assert captions.what_it_means(forward(near), near) == ""


def test_the_table_has_the_measured_factor_beside_what_bounds_and_explains_it() -> None:
    passed = forward(State())
    assert factor_rows(passed) == [
        "| | RNN | LSTM | GRU |",
        "|---|---|---|---|",
        "| factor per step | 0.632 | 0.627 | 0.670 |",
        "| spectral radius | 0.642 | 0.646 | 0.683 |",
        "| largest singular value | 1.077 | 0.841 | 0.714 |",
        "| loss in nats | 2.019 | 2.076 | 2.049 |",
    ]


def test_only_curves_that_the_last_change_has_moved_stay_as_ghosts() -> None:
    before, after = forward(State()), forward(State(bias=2.0))
    assert list(changed_curves(after, before)) == ["LSTM"]
    np.testing.assert_array_equal(changed_curves(after, before)["LSTM"], before.flows["LSTM"].hidden)
    assert changed_curves(after, None) == {}


def test_shipped_trainings_are_told_with_the_gradient_that_arrived_before_them() -> None:
    none, weak, good = (
        Result(20, None, 0, 1e-6, (0.1, 0.12)),
        Result(20, 1.0, 0, 1e-3, (0.1, 0.3)),
        Result(20, 3.0, 0, 0.5, (0.3, 1.0)),
    )
    assert necessary_not_sufficient([none, weak, good]).startswith(
        "Of 3 shipped trainings at both lengths, 2 began with more than 10⁻⁴ of the gradient arriving: 1 of "
        "them came to name more than half of the symbols. Of the 1 that began with less, 0 did. "
    )


NORMS = {None: np.array([1e-6, 1.0]), 3.0: np.array([1.0, 2.0])}
SHIPPED = {None: [(0.1, 0.12), (0.1, 0.13)], 3.0: [(0.3, 1.0)]}


def status(state: str, reason: str = "", place: int | None = None) -> Status:
    sentence = "It is gone." if reason else ""
    return Status("a", "trained", "", 0.0, (0, 0.0), False, state, reason, sentence, False, place, 7)


def test_each_forget_bias_has_a_row_with_what_arrives_and_what_was_learnt() -> None:
    assert [plain(row) for row in bias_rows(NORMS, SHIPPED, {})[-2:]] == [
        "| as drawn | 1.0 · 10⁻⁶ | 12.0 %, 13.0 % |",
        "| 3 | 0.5 | 100.0 % |",
    ]
    trials: dict[Bias, Trial] = {3.0: Trial(status("running"), (0.25, 0.5), 20)}
    assert [plain(row) for row in bias_rows(NORMS, SHIPPED, trials)] == [
        "| forget bias | gradient that arrives | named right at the end, shipped | now |",
        "| --- | --- | --- | --- |",
        "| as drawn | 1.0 · 10⁻⁶ | 12.0 %, 13.0 % | – |",
        "| 3 | 0.5 | 100.0 % | 50.0 %, epoch 2 of 20 |",
    ]


def test_a_run_says_where_it_stands() -> None:
    assert standing(Trial(status("waiting", place=3), (), 20)) == "waits"
    assert standing(Trial(status("running"), (), 20)) == "begins …"
    assert plain(standing(Trial(status("ended", "done"), (0.5, 1.0), 2))) == "100.0 %"
    assert plain(standing(Trial(status("ended", "stopped"), (0.5,), 20))) == "50.0 %, epoch 1 of 20"


def test_a_full_queue_and_a_lost_worker_are_said() -> None:
    waiting: dict[Bias, Trial] = {
        bias: Trial(status("waiting", place=place), (), 20) for bias, place in ((1.0, 5), (3.0, 2))
    }
    assert holdups(waiting) == ["Waiting: number 2 of 7 in the queue. Learners take turns."]
    assert holdups({**waiting, None: Trial(status("running"), (), 20)}) == []
    assert holdups({1.0: Trial(status("interrupted", "killed"), (), 20)}) == ["Forget bias 1: It is gone."]


def test_what_was_shipped_follows_from_the_command() -> None:
    facts, results = forget_bias.read()
    assert facts["command"] == "python -m dlviz.training.forget_bias"
    assert {(each.delay, each.bias, each.seed) for each in results} == {
        (delay, bias, seed)
        for delay in forget_bias.DELAYS
        for bias in (None, 1.0, 3.0)
        for seed in forget_bias.SEEDS
    }
    for each in results:
        x, target = memory.sequences(1, each.delay, each.seed)
        config = memory_run(each.delay, each.bias, each.seed)
        hidden = flow(Learner(config, prepare(config)).model, x, int(target)).hidden
        assert each.arrives == pytest.approx(hidden[0] / hidden[-1], rel=1e-6)
        assert len(each.accuracy) == config.epochs
    assert facts["recipe"].startswith(
        "64 units, 20 × 100 batches of 64 new sequences, cross-entropy, Adam at 0.002 "
    )


def test_the_command_trains_measures_and_writes(tmp_path: Path) -> None:
    config = replace(memory_run(2, 3.0, 0), samples=192, epochs=2)
    learnt = forget_bias.learn(config)
    assert (learnt.delay, learnt.bias, learnt.seed) == (2, 3.0, 0)
    assert learnt.accuracy == tuple(event["accuracy"] for event in of_kind(events(config), "epoch"))
    file = tmp_path / "memory" / "forget_bias.json"
    forget_bias.write([learnt], file)
    assert forget_bias.read(file)[1] == [learnt]


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (0.0, "exactly 0"),
        (0.0123, "0.012"),
        (9.96, "10"),
        (1234.5, "1234"),
        (2.04e-20, "2.0\u00a0·\u00a010⁻²⁰"),
        (5e12, "5.0\u00a0·\u00a010¹²"),
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
    larger = "∂L/∂c, the cell’s" if lstm.cell[0] > lstm.hidden[0] else "∂L/∂h, the hidden state’s"
    assert asked["cell"].answer == larger
    assert all(question.answer in question.options for question in asked.values())


def test_the_main_question_is_answered_by_the_curve_of_the_raised_bias() -> None:
    asked, question = ask_main(forward(SHORT), SHORT), main_question(forward(SHORT), SHORT)
    assert asked is not None
    assert question is not None
    x, target = memory.sequences(1, SHORT.steps - 1, SHORT.seed)
    model = with_forget_bias(untrained("LSTM", SHORT.hidden, SHORT.seed), 4.0)
    norms = flow(model, x, int(target)).hidden[::-1]
    assert question.answer == pytest.approx([norms[round(at)] / norms[0] for at in question.places])
    assert question.before == asked.before != question.answer
    assert asked.answer is None
    assert State(**question.shows).bias == 4.0
    assert ask_main(forward(SHORT), replace(SHORT, bias=4.0)) is None


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
    [("hidden", HIDDEN), ("bias", BIASES), ("gain", GAINS), ("delay", DELAYS)],
    ids=["hidden", "bias", "gain", "delay"],
)
def test_numbers_of_controls_stand_in_a_link_as_on_the_control(field: str, options: dict) -> None:
    codec = codecs(State)[field]
    for text, number in options.items():
        assert codec.read(text) == number
        assert codec.write(number) == text
    with pytest.raises(ValueError, match="63"):
        codec.read("63")
