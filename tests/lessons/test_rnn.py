"""What the RNN lab's lesson claims, proved at the lab's defaults."""

from copy import deepcopy

import numpy as np
import pytest
import torch
from torch import nn

from dlviz.data import mnist
from dlviz.dream import dream
from dlviz.models import GRUModel
from dlviz.recurrence.dreams import HiddenState
from dlviz.recurrence.input_gradients import remembered
from dlviz.ui.inputs import sentence
from dlviz.ui.labs.rnn.dreams import SHAPE, find_strongest
from dlviz.ui.labs.rnn.forward import Effect, ForwardPass, forward, measure_effect, start_step
from dlviz.ui.labs.rnn.inputs import EXAMPLES
from dlviz.ui.labs.rnn.networks import load_networks
from dlviz.ui.labs.rnn.sequence import Sequence
from dlviz.ui.labs.rnn.series import make_series
from dlviz.ui.labs.rnn.state import EXAMPLE, State
from dlviz.ui.runs.loaded_network import LoadedNetwork
from dlviz.ui.server import model_cache

IMAGES, LABELS = mnist.digits("test")
DIGIT = Sequence.from_digit(IMAGES[State().sample].numpy().astype(np.float32) / 255)
RIGHT = int(LABELS[State().sample])
NEGATIVE, POSITIVE = 0, 1


def passes(sequence: Sequence, state: State) -> dict[str, ForwardPass]:
    """The trained pair's passes, by their kinds."""
    through = [forward(network, sequence, state) for network in load_networks(sequence.kind, state)]
    return {passed.kind: passed for passed in through}


def of_digit(**changes: object) -> dict[str, ForwardPass]:
    return passes(DIGIT, State(**changes))  # pyright: ignore[reportArgumentType]


def of_words(**changes: object) -> dict[str, ForwardPass]:
    state = State(input="sentence", **changes)  # pyright: ignore[reportArgumentType]
    return passes(Sequence.from_words(sentence.read(state.text, 200)), state)


def of_series(**changes: object) -> dict[str, ForwardPass]:
    state = State(input="series", **changes)  # pyright: ignore[reportArgumentType]
    return passes(Sequence.from_series(make_series(state)), state)


def effects(**changes: object) -> dict[str, Effect | None]:
    state = State(**changes)  # pyright: ignore[reportArgumentType]
    return {kind: measure_effect(passed, state) for kind, passed in passes(DIGIT, state).items()}


def error(passed: ForwardPass) -> float:
    """Mean error of a series' forecasts, from the ninth value on, as the page counts it."""
    values = passed.sequence.x[:, 0]
    return float(np.abs(passed.answers[7:-1, 0] - values[8:]).mean())


def a_run() -> LoadedNetwork:
    """A network such as a run may have trained."""
    torch.manual_seed(0)
    return LoadedNetwork(GRUModel(28, 6, 10).eval(), "A GRU.", tuple("0123456789"), from_run=True)


def test_each_network_settles_on_the_right_answer() -> None:
    right = {kind: passed.answers.argmax(axis=1) == RIGHT for kind, passed in of_digit().items()}
    since = {kind: int(np.flatnonzero(~steps)[-1]) + 1 for kind, steps in right.items()}
    assert since == {"lstm": 16, "rnn": 18}  # rows 17 and 19


def test_rnn_has_it_early_and_drops_it() -> None:
    right = {kind: passed.answers.argmax(axis=1) == RIGHT for kind, passed in of_digit().items()}
    assert np.flatnonzero(right["rnn"][:18]).tolist() == [5, 6, 7, 8, 9, 10]
    assert not right["lstm"][:16].any()


def test_more_of_the_cell_is_old() -> None:
    found = of_digit()["lstm"].terms
    i, f, g, _ = (gate.value[-1] for gate in found.gates)
    assert found.cell_before is not None
    assert abs(f * found.cell_before[-1]) > 2 * abs(i * g)


@pytest.mark.parametrize("network", [None, a_run()], ids=["trained", "run"])
def test_equations_make_the_state(network: LoadedNetwork | None) -> None:
    passed = forward(network, DIGIT, State()) if network else of_digit()["lstm"]
    found = passed.terms
    before = np.concatenate([[0], found.hidden[:-1]])
    if passed.kind == "lstm":
        i, f, g, o = (gate.value for gate in found.gates)
        assert found.cell is not None
        np.testing.assert_allclose(found.cell, f * found.cell_before + i * g, atol=1e-5)
        np.testing.assert_allclose(found.hidden, o * np.tanh(found.cell), atol=1e-5)
    else:
        _, z, g = (gate.value for gate in found.gates)
        np.testing.assert_allclose(found.hidden, (1 - z) * g + z * before, atol=1e-5)


def test_forgetting_hurts() -> None:
    passed = of_digit(what="forget")["lstm"]
    assert passed.answers_before is not None
    assert passed.answers_before[-1].argmax() == RIGHT
    assert passed.answers[-1].argmax() != RIGHT
    assert effects(what="forget")["lstm"] == Effect(200, before=200, after=23)


def test_rnn_loses_what_is_wiped() -> None:
    passed = of_digit(what="forget")["rnn"]
    assert not passed.values["hidden"][13].any()
    assert effects(what="forget")["rnn"] == Effect(200, before=193, after=34)


def test_a_free_layer_remembers() -> None:
    one, two = (of_digit(what="forget", held_in="one", layer=layer)["lstm"] for layer in (1, 2))
    assert one.answers[-1].argmax() == RIGHT
    assert one.answers[-1, RIGHT] > 0.99
    assert two.answers[-1].argmax() != RIGHT
    assert effects(what="forget", held_in="one", layer=1)["lstm"] == Effect(200, before=200, after=185)
    assert effects(what="forget", held_in="one", layer=2)["lstm"] == Effect(200, before=200, after=68)


def test_not_makes_both_negative() -> None:
    assert EXAMPLE.split()[2:5] == ["was", "not", "good"]
    for passed in of_words().values():
        before, after_not = passed.answers[2:4, NEGATIVE]
        assert after_not > before + 0.1
        assert passed.answers[3].argmax() == NEGATIVE


def test_the_rnn_forgets_the_not() -> None:
    read = of_words()
    after_not, after_good = read["lstm"].answers[3:5, NEGATIVE]
    assert after_good > after_not + 0.1  # surer of negative than before
    after_not, after_good = read["rnn"].answers[3:5, NEGATIVE]
    assert after_not > 0.7
    assert after_good < 0.5  # positive again
    assert read["lstm"].answers[-1, NEGATIVE] > 0.8
    assert read["rnn"].answers[-1, NEGATIVE] < 0.5


def test_after_the_cut_both_say_positive() -> None:
    assert EXAMPLE.split()[start_step(7, State())] == "not"
    for passed in of_words(what="cut").values():
        assert passed.answers[-1, POSITIVE] > 0.75


def test_broken_matters_most() -> None:
    text = "great, another broken phone"
    assert text in EXAMPLES
    for passed in of_words(text=text).values():
        matters = passed.remembered(len(passed.sequence) - 1, "answer")
        assert passed.sequence.steps[int(matters.argmax())] == "broken"


@pytest.mark.parametrize("kind", ["lstm", "rnn", "run"])
def test_a_cut_leaves_what_comes_after(kind: str) -> None:
    state = State(what="cut")
    passed = forward(a_run(), DIGIT, state) if kind == "run" else of_digit(what="cut")[kind]
    with torch.inference_mode():
        expected = passed.network.model(DIGIT.batch[:, 15:])[0].softmax(0).numpy()
    np.testing.assert_allclose(passed.answers[-1], expected, atol=1e-5)


def test_lstm_forecasts_best() -> None:
    read = of_series()
    values = read["lstm"].sequence.x[:, 0]
    same = float(np.abs(np.diff(values)[7:]).mean())
    assert error(read["lstm"]) < error(read["rnn"]) < same


def test_the_last_ten_values_matter_most() -> None:
    for passed in of_series().values():
        matters = passed.remembered(63, "answer")
        assert matters[-10:].sum() > 0.8 * matters.sum()


def test_a_cut_costs_both_forecasts() -> None:
    untouched, cut = of_series(), of_series(what="cut")
    for kind in ("lstm", "rnn"):
        assert error(cut[kind]) > 1.5 * error(untouched[kind])


@pytest.mark.parametrize("network", [None, a_run()], ids=["trained", "run"])
def test_every_step_has_its_answer(network: LoadedNetwork | None) -> None:
    passed = forward(network, DIGIT, State()) if network else of_digit()["rnn"]
    for step in (0, 13, 27):
        with torch.inference_mode():
            expected = passed.network.model(DIGIT.batch[:, : step + 1])[0].softmax(0).numpy()
        np.testing.assert_allclose(passed.answers[step], expected, atol=1e-5)


def test_the_forget_gate_keeps_or_wipes() -> None:
    for value in (0, 1):
        found = of_digit(what="forget", hold=value)["lstm"].terms
        i, _, g, _ = (gate.value[14:] for gate in found.gates)
        assert found.cell is not None
        assert found.cell_before is not None
        np.testing.assert_allclose(found.cell[14:], value * found.cell_before[14:] + i * g, atol=1e-5)


def test_the_update_gate_keeps_or_replaces() -> None:
    keeps, replaces = (forward(a_run(), DIGIT, State(what="forget", hold=hold)).values for hold in (1, 0))
    np.testing.assert_array_equal(keeps["hidden"][14:], np.tile(keeps["hidden"][13], (14, 1)))
    np.testing.assert_allclose(replaces["hidden"][14:], replaces["candidate"][14:], atol=1e-6)


def test_layer_2_reads_layer_1() -> None:
    passed = of_digit(layer=2)["lstm"]
    layers = passed.network.model.get_submodule("lstm")
    above = nn.LSTM(128, 128, batch_first=True)
    second = {f"{name[:-1]}0": values for name, values in layers.state_dict().items() if name.endswith("l1")}
    above.load_state_dict(second)
    with torch.inference_mode():
        hidden, _ = above(torch.from_numpy(passed.reading.layers["lstm.0"]["hidden"])[None])
    np.testing.assert_allclose(passed.values["hidden"], hidden[0], atol=1e-5)


def test_what_matters_is_what_a_small_change_changes() -> None:
    """The gradient of a step is how much a small change of it changes the answer, by finite differences."""
    passed = of_series(networks="rnn")["rnn"]
    x = passed.sequence.batch
    matters = remembered(passed.network.model, x, 63, "answer")
    exact = deepcopy(passed.network.model).double()
    for step in (0, 62, 63):
        changed = x.double().clone()
        changed[0, step] += 1e-5
        with torch.inference_mode():
            moved = float(exact(changed) - exact(x.double())) / 1e-5
        assert abs(moved) == pytest.approx(float(matters[step]), rel=1e-2, abs=1e-6)


def test_gates_lie_between_0_and_1() -> None:
    values = of_digit()["lstm"].values
    for name in ("input_gate", "forget_gate", "output_gate"):
        assert values[name].min() >= 0
        assert 0.5 < values[name].max() <= 1
    assert -1 <= values["candidate"].min() < 0 < values["candidate"].max() <= 1


def test_a_dream_raises_most_units_above_real_digits() -> None:
    lstm, raised = model_cache.trained("digit_rows_lstm"), 0
    for unit in range(0, 128, 16):
        aim = HiddenState(0, unit, 27)
        *_, last = dream(lstm, aim, SHAPE, starts=2, steps=32)
        raised += float(last.values.max()) > find_strongest(lstm, aim)[1][0]
    assert raised >= 7  # of 8
