"""Recurrent networks step by step: what they would say, their equations, what they remember, what if."""

from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from dlviz.models import GRUModel, LSTMModel, SimpleRNN
from dlviz.recurrence.equations import terms
from dlviz.recurrence.input_gradients import Target, remembered
from dlviz.recurrence.interventions import cut, hold, zero_unit
from dlviz.recurrence.notation import QUANTITIES
from dlviz.recurrence.reading import GATES, STATES, names, read, recurrent
from dlviz.trace import combined

MODELS = {
    "RNN": lambda: SimpleRNN(3, 5, 4),
    "LSTM": lambda: LSTMModel(3, 5, 2, 4),
    "GRU": lambda: GRUModel(3, 5, 4),
}


def made(kind: str, seed: int = 0) -> nn.Module:
    torch.manual_seed(seed)
    return MODELS[kind]().eval()


def sequence(seq: int, seed: int = 0) -> Tensor:
    return torch.randn(1, seq, 3, generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize("kind", MODELS)
@pytest.mark.parametrize("seq", [1, 2, 9])
def test_what_it_would_say_at_a_step_is_what_it_says_of_the_sequence_up_to_there(kind: str, seq: int) -> None:
    model, x = made(kind), sequence(seq)
    reading = read(model, x)
    for step in range(seq):
        expected = model(x[:, : step + 1])[0].detach()
        np.testing.assert_allclose(reading.answers[step], expected, atol=1e-5)
    hidden = recurrent(model)[1](x)[0][0].detach()
    np.testing.assert_allclose(reading.layers[names(model)[-1]]["hidden"], hidden, atol=1e-5)
    np.testing.assert_array_equal(reading.x, x[0])


def test_a_network_without_recurrent_layers_is_refused() -> None:
    with pytest.raises(ValueError, match="Linear has no recurrent layers"):
        recurrent(nn.Linear(2, 2))


@pytest.mark.parametrize("kind", ["RNN", "LSTM"])
def test_the_equations_add_up_to_every_gate_of_every_unit(kind: str) -> None:
    model = made(kind)
    reading = read(model, sequence(7))
    for layer in names(model):
        for unit in range(5):
            found = terms(model, reading, layer, unit)
            for gate in found.gates:
                total = gate.from_input + gate.from_hidden + gate.bias
                bend = {"σ": lambda z: 1 / (1 + np.exp(-z)), "tanh": np.tanh}[
                    QUANTITIES[gate.name].activation
                ]
                np.testing.assert_allclose(bend(total), gate.value, atol=1e-5)
                np.testing.assert_array_equal(gate.value, reading.layers[layer][gate.name][:, unit])


def test_every_gate_and_state_has_a_symbol_of_its_own_and_only_signed_ones_fall_below_zero() -> None:
    assert {name for each in (*GATES.values(), *STATES.values()) for name in each} == {*QUANTITIES}
    assert len({quantity.symbol for quantity in QUANTITIES.values()}) == len(QUANTITIES)
    for kind in MODELS:
        for layer in read(made(kind), sequence(9)).layers.values():
            assert {name: (values < 0).any() for name, values in layer.items()} == {
                name: QUANTITIES[name].signed for name in layer
            }


def test_the_cell_state_is_what_was_kept_and_what_was_written() -> None:
    model = made("LSTM")
    found = terms(model, read(model, sequence(6)), "lstm.1", 2)
    i, f, g, o = (gate.value for gate in found.gates)
    assert found.cell is not None
    assert found.cell_before is not None
    np.testing.assert_allclose(found.cell, f * found.cell_before + i * g, atol=1e-6)
    np.testing.assert_allclose(found.hidden, o * np.tanh(found.cell), atol=1e-6)
    assert found.cell_before[0] == 0


def test_an_rnn_has_no_cell() -> None:
    model = made("RNN")
    found = terms(model, read(model, sequence(3)), "rnn.0", 0)
    assert found.cell is None
    assert found.cell_before is None


@pytest.mark.parametrize(("layer", "unit"), [("lstm.2", 0), ("lstm.0", 5), ("lstm.0", -1)])
def test_a_unit_that_is_not_there_is_refused(layer: str, unit: int) -> None:
    model = made("LSTM")
    with pytest.raises(ValueError, match="there is no unit"):
        terms(model, read(model, sequence(3)), layer, unit)


def test_a_grus_reset_gate_decides_how_much_of_the_state_before_its_candidate_sees() -> None:
    model = made("GRU")
    reading = read(model, sequence(6))
    found = terms(model, reading, "gru.0", 3)
    reset, update, candidate = found.gates
    for gate in (reset, update):
        total = gate.from_input + gate.from_hidden + gate.bias
        np.testing.assert_allclose(1 / (1 + np.exp(-total)), gate.value, atol=1e-6)
    new = np.tanh(candidate.from_input + candidate.bias + reset.value * candidate.from_hidden)
    np.testing.assert_allclose(new, candidate.value, atol=1e-6)
    before = np.concatenate([[0], found.hidden[:-1]])
    np.testing.assert_allclose(found.hidden, (1 - update.value) * new + update.value * before, atol=1e-6)
    assert found.cell is None


@pytest.mark.parametrize("kind", MODELS)
@pytest.mark.parametrize("step", [0, 4, 7])
def test_what_is_remembered_is_the_norm_of_pytorchs_jacobian(kind: str, step: int) -> None:
    model, x = made(kind), sequence(8)
    layers = recurrent(model)[1]
    targets: dict[Target, Callable[[Tensor], Tensor]] = {
        "hidden": lambda x: layers(x)[0][0, step],
        "answer": lambda x: model.get_submodule("fc")(layers(x)[0][0, step]),
    }
    for of, target in targets.items():
        jacobian = torch.autograd.functional.jacobian(target, x)  # (size, 1, seq, input)
        assert isinstance(jacobian, Tensor)
        expected = jacobian.square().sum(dim=(0, 1, 3)).sqrt().numpy()
        found = remembered(model, x, step, of)
        assert found.shape == (step + 1,)
        np.testing.assert_allclose(found, expected[: step + 1], rtol=1e-4, atol=1e-7)
        assert not expected[step + 1 :].any()
        np.testing.assert_allclose(remembered(model, x, step, of, back=3), found[-3:], rtol=1e-6)


@pytest.mark.parametrize("step", [-1, 3])
def test_a_step_that_is_not_there_is_refused(step: int) -> None:
    with pytest.raises(IndexError):
        remembered(made("RNN"), sequence(3), step)


def lstm_by_hand(model: LSTMModel, x: Tensor, forget: dict[int, float], dead: tuple[int, ...]) -> Tensor:
    """The answer of a one-layer LSTM written out, some forget gates held and some hidden units at 0."""
    p = dict(model.lstm.named_parameters())
    h = c = torch.zeros(model.hidden_size)
    for t in range(x.shape[1]):
        z = p["weight_ih_l0"] @ x[0, t] + p["bias_ih_l0"] + p["weight_hh_l0"] @ h + p["bias_hh_l0"]
        i, f, g, o = z.chunk(4)
        f = torch.full_like(f, forget[t]) if t in forget else torch.sigmoid(f)
        c = f * c + torch.sigmoid(i) * torch.tanh(g)
        h = torch.sigmoid(o) * torch.tanh(c)
        h = h.index_fill(0, torch.tensor(dead, dtype=torch.int64), 0.0)
    return model.fc(h).detach()


def test_interventions_are_a_run_changed_by_hand() -> None:
    torch.manual_seed(1)
    model, x = LSTMModel(3, 5, 1, 4).eval(), sequence(6)
    held = hold("lstm.0", "forget_gate", 0.0, range(3, 6))
    dead = combined(*(zero_unit("lstm.0", 2, range(6)), held))
    np.testing.assert_allclose(
        read(model, x, held).answers[-1],
        lstm_by_hand(model, x, dict.fromkeys(range(3, 6), 0.0), ()),
        atol=1e-5,
    )
    np.testing.assert_allclose(
        read(model, x, dead).answers[-1],
        lstm_by_hand(model, x, dict.fromkeys(range(3, 6), 0.0), (2,)),
        atol=1e-5,
    )


@pytest.mark.parametrize("kind", ["RNN", "LSTM"])
def test_after_a_cut_in_every_layer_the_network_reads_as_if_it_began_there(kind: str) -> None:
    model, x = made(kind), sequence(9)
    edits = combined(*(cut(layer, 4, kind == "LSTM") for layer in names(model)))
    np.testing.assert_allclose(read(model, x, edits).answers[-1], model(x[:, 5:])[0].detach(), atol=1e-5)


def test_held_units_are_held_and_the_others_are_not() -> None:
    model, x = made("LSTM"), sequence(5)
    untouched, held = read(model, x), read(model, x, hold("lstm.0", "input_gate", 1.0, [2], [0, 3]))
    changed = held.layers["lstm.0"]["input_gate"]
    assert changed[2, [0, 3]].tolist() == [1.0, 1.0]
    np.testing.assert_allclose(changed[:2], untouched.layers["lstm.0"]["input_gate"][:2], atol=1e-6)
    assert not np.allclose(held.answers[2:], untouched.answers[2:])


def test_two_edits_of_one_state_are_both_done() -> None:
    model, x = made("RNN"), sequence(4)
    edits = combined(zero_unit("rnn.0", 1, [2]), zero_unit("rnn.0", 3, [2]))
    hidden = read(model, x, edits).layers["rnn.0"]["hidden"][2]
    assert hidden[[1, 3]].tolist() == [0.0, 0.0]
    assert hidden[[0, 2, 4]].all()
