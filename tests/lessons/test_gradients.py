"""Claims of the Gradients lab's lesson, each proved from the lab's own forward pass."""

import numpy as np
import pytest
import torch

from dlviz import weights
from dlviz.data import memory
from dlviz.training import forget_bias
from dlviz.ui.labs.gradients.captions import EXPLODING, KNOWN, VANISHED
from dlviz.ui.labs.gradients.clipping import CLIP, EXPLODES, descend
from dlviz.ui.labs.gradients.forward import KINDS, forward
from dlviz.ui.labs.gradients.learning import norms_before_training
from dlviz.ui.labs.gradients.memory import LEARNT, measured
from dlviz.ui.labs.gradients.state import State

TRAINED = State(weights="trained")


def test_the_bias_lifts_the_gradient() -> None:
    biases = (0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0)
    passes = [forward(State(bias=bias)) for bias in biases]
    for way in ("LSTM", "LSTM’s cell"):
        shares = [passed.ways[way] for passed in passes]
        assert shares == sorted(shares)
        assert shares[2] < VANISHED < shares[4]


def test_the_rnn_reaches_few_steps() -> None:
    arriving = [steps - 1 for steps in range(2, 60) if forward(State(steps=steps)).shares["RNN"] >= VANISHED]
    assert arriving == list(range(1, 18))


def test_raised_biases_learn() -> None:
    assert (State().delay, State().seed) == (20, 0)
    norms = norms_before_training(20, 0)
    arrives = [bias for bias, values in norms.items() if values[0] / values[-1] >= VANISHED]
    _, results = forget_bias.read()
    learnt = [
        each.bias for each in results if (each.delay, each.seed) == (20, 0) and each.accuracy[-1] > LEARNT
    ]
    assert arrives == learnt == [1.0, 3.0]


def test_enlarged_weights_explode() -> None:
    assert forward(State(gain=1.0)).shares["RNN"] < VANISHED
    assert forward(State(gain=3.0)).shares["RNN"] > EXPLODING


def test_clipping_shortens_steps() -> None:
    clipped, free = descend(EXPLODES, State().seed).values()
    assert max(step.moved for step in clipped) == pytest.approx(0.1 * CLIP, rel=1e-3)
    assert max(step.moved for step in free) > 10 * 0.1 * CLIP
    assert max(step.norm for step in free) > 10 * CLIP


def test_trained_networks_know_without_a_gradient() -> None:
    passed = forward(TRAINED)
    assert all(flow.loss < 1e-3 < KNOWN for flow in passed.flows.values())
    assert [way for way, share in passed.ways.items() if share >= VANISHED] == ["GRU"]
    assert passed.shares["RNN"] < 1e-30


def test_a_trained_lstm_knows_at_any_bias() -> None:
    low, high = (forward(State(weights="trained", bias=bias)) for bias in (1.0, 5.0))
    assert low.shares["LSTM"] > 1000 * high.shares["LSTM"]
    for passed in (low, high):
        assert passed.flows["LSTM"].loss < 1e-4


def test_growing_delays_lead_over_200_steps() -> None:
    for kind in KINDS:
        assert measured(kind, "accuracy")[200] > 0.99
        assert measured(kind, "accuracy_without_growing")[200] < 0.2


def test_a_guess_costs_ln_8() -> None:
    assert np.log(len(memory.SYMBOLS)) == pytest.approx(2.08, abs=0.005)


def test_a_gradient_is_necessary_not_sufficient() -> None:
    _, results = forget_bias.read()
    learnt = [each for each in results if each.accuracy[-1] > LEARNT]
    assert learnt
    assert all(each.arrives >= VANISHED for each in learnt)
    assert any(each.arrives >= VANISHED for each in results if each not in learnt)


def test_a_trained_rnn_latches() -> None:
    model = weights.load("memory_rnn").double()
    layer = model.get_submodule("rnn")
    x, _ = memory.sequences(1, State().steps - 1, State().seed)
    with torch.no_grad():
        _, first = layer(x[:, :1].double())
        change = torch.randn(first.shape, generator=torch.Generator().manual_seed(0), dtype=torch.double)
        change *= 0.1 * first.norm() / change.norm()
        ends = [layer(x[:, 1:].double(), state)[1] for state in (first, first + change)]
    assert (ends[0] - ends[1]).norm() < 1e-12 * change.norm()


def test_the_radius_explains_the_slope() -> None:
    passed = forward(State())
    for kind in KINDS:
        factor = passed.shares[kind] ** (1 / passed.back)
        assert passed.flows[kind].radius == pytest.approx(factor, abs=0.03)
    rnn = passed.flows["RNN"]
    assert np.median(rnn.stretch) > 1 > rnn.radius


def test_the_cell_alone_keeps_little() -> None:
    gate = 1 / (1 + np.exp(-3))
    assert gate == pytest.approx(0.95, abs=0.005)
    np.testing.assert_allclose(1 / (1 + np.exp([-1, -4])), [0.73, 0.98], atol=0.005)
    assert gate**99 == pytest.approx(0.008, abs=0.0005)


def test_an_open_gate_hands_all_back() -> None:
    cell = torch.tensor([0.3, -2.0], requires_grad=True)
    (1.0 * cell + torch.tensor([0.5, 0.1])).sum().backward()  # c = f · c before + i · g, with f = 1
    assert cell.grad is not None
    assert cell.grad.tolist() == [1, 1]
