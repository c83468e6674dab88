"""The recurrent networks, fused and unrolled: the same numbers, with the gates to be seen."""

import warnings

import numpy as np
import pytest
import torch
from torch import nn

from dlviz.models import CharacterLSTM, GRUModel, LSTMModel, SimpleRNN, TextClassifier
from dlviz.models.unrolled import over_time, unroll
from dlviz.trace import recording, trace

LAYERS = {"RNN": nn.RNN, "LSTM": nn.LSTM, "GRU": nn.GRU}


def random_layers(kind: str, depth: int, both: bool, seed: int, **options: object) -> nn.RNNBase:
    torch.manual_seed(seed)
    return LAYERS[kind](5, 4, depth, batch_first=True, bidirectional=both, **options).eval()


@pytest.mark.parametrize("kind", LAYERS)
@pytest.mark.parametrize("both", [False, True], ids=["one direction", "both directions"])
@pytest.mark.parametrize(
    ("depth", "batch", "length"), [(1, 1, 1), (1, 3, 7), (2, 2, 5), (3, 4, 12), (2, 1, 60)]
)
def test_unrolled_layers_give_what_the_fused_ones_give(
    kind: str, both: bool, depth: int, batch: int, length: int
) -> None:
    layers = random_layers(kind, depth, both, seed=depth * 100 + length)
    x = torch.randn(batch, length, 5, generator=torch.manual_seed(length))
    stepped = unroll(layers, x, "layers")
    torch.testing.assert_close(stepped, layers(x)[0], atol=1e-5, rtol=0)
    with torch.inference_mode():
        torch.testing.assert_close(unroll(layers, x, "layers"), stepped, atol=1e-5, rtol=0)


@pytest.mark.parametrize("kind", LAYERS)
@pytest.mark.parametrize("bias", [False, True])
@pytest.mark.parametrize("seed", range(4))
def test_all_steps_at_once_record_what_step_by_step_does(kind: str, bias: bool, seed: int) -> None:
    layers = random_layers(kind, 2, seed % 2 == 0, seed, bias=bias)
    x = torch.randn(1 + seed, 1 + 4 * seed, 5, generator=torch.manual_seed(seed))
    with recording() as stepped:
        unroll(layers, x, "layers")
    with torch.inference_mode(), recording() as at_once:
        unroll(layers, x, "layers")
    assert at_once.keys() == stepped.keys()
    for name, tensor in stepped.items():
        torch.testing.assert_close(at_once[name], tensor, atol=1e-5, rtol=0)


def test_a_layers_steps_are_laid_side_by_side() -> None:
    model = LSTMModel(3, 4, 2, 2).eval()
    x = torch.randn(2, 12, 3, generator=torch.manual_seed(0))
    _, record = trace(model, x)
    hidden = over_time(record, "lstm.1.hidden")
    assert hidden.shape == (2, 12, 4)
    np.testing.assert_allclose(hidden, model.lstm(x)[0].detach(), atol=1e-6)
    with pytest.raises(KeyError):
        over_time(record, "lstm.2.hidden")


@pytest.mark.parametrize("both", [False, True])
def test_the_hidden_state_of_every_layer_step_and_direction_is_the_fused_layers_own(both: bool) -> None:
    layers = random_layers("LSTM", 3, both, seed=1)
    x = torch.randn(2, 6, 5, generator=torch.manual_seed(3))
    with recording() as kept:
        unroll(layers, x, "lstm")
    read = x
    for index in range(3):
        alone = nn.LSTM(read.shape[2], 4, batch_first=True, bidirectional=both)
        names = [name for name, _ in layers.named_parameters() if f"_l{index}" in name]
        alone.load_state_dict(
            {name.replace(f"_l{index}", "_l0"): layers.get_parameter(name) for name in names}
        )
        output, (_, cells) = alone(read)
        for t in range(6):
            torch.testing.assert_close(kept[f"lstm.{index}.hidden.{t}"], output[:, t, :4], atol=1e-5, rtol=0)
            if both:
                backward = kept[f"lstm.{index}_reverse.hidden.{t}"]
                torch.testing.assert_close(backward, output[:, t, 4:], atol=1e-5, rtol=0)
        torch.testing.assert_close(kept[f"lstm.{index}.cell.5"], cells[0], atol=1e-5, rtol=0)
        if both:
            torch.testing.assert_close(kept[f"lstm.{index}_reverse.cell.0"], cells[1], atol=1e-5, rtol=0)
        read = output


def test_gates_are_the_equations_worked_by_hand() -> None:
    layers = nn.LSTM(1, 1, batch_first=True)
    layers.load_state_dict(
        {
            "weight_ih_l0": torch.tensor([[1.0], [2.0], [3.0], [4.0]]),
            "weight_hh_l0": torch.zeros(4, 1),
            "bias_ih_l0": torch.zeros(4),
            "bias_hh_l0": torch.tensor([0.0, 1.0, 0.0, 0.0]),
        }
    )
    with torch.inference_mode(), recording() as kept:
        unroll(layers, torch.tensor([[[0.5], [-0.25]]]), "lstm")

    def sigmoid(z: float) -> float:
        return 1 / (1 + np.exp(-z))

    first = sigmoid(0.5) * np.tanh(1.5)
    second = sigmoid(2 * -0.25 + 1) * first + sigmoid(-0.25) * np.tanh(-0.75)
    assert kept["lstm.0.input_gate.0"].item() == pytest.approx(sigmoid(0.5), abs=1e-6)
    assert kept["lstm.0.forget_gate.1"].item() == pytest.approx(sigmoid(0.5), abs=1e-6)
    assert kept["lstm.0.cell.1"].item() == pytest.approx(second, abs=1e-6)
    assert kept["lstm.0.hidden.1"].item() == pytest.approx(sigmoid(-1.0) * np.tanh(second), abs=1e-6)


def test_a_forget_gate_held_at_0_leaves_only_what_this_step_writes() -> None:
    model = LSTMModel(5, 4, 1, 2).eval()
    x = torch.randn(1, 6, 5, generator=torch.manual_seed(5))
    _, record = trace(model, x, {"lstm.0.forget_gate.3": torch.zeros_like})
    written = record["lstm.0.input_gate.3"] * record["lstm.0.candidate.3"]
    np.testing.assert_allclose(record["lstm.0.cell.3"], written, atol=1e-7)
    _, untouched = trace(model, x)
    np.testing.assert_allclose(record["lstm.0.hidden.2"], untouched["lstm.0.hidden.2"], atol=1e-6)
    assert not np.allclose(record["lstm.0.hidden.5"], untouched["lstm.0.hidden.5"])


@pytest.mark.parametrize(
    ("model", "x"),
    [
        (SimpleRNN(3, 8, 2), torch.randn(2, 5, 3)),
        (LSTMModel(3, 8, 2, 4), torch.randn(2, 5, 3)),
        (GRUModel(3, 8, 2), torch.randn(2, 5, 3)),
        (TextClassifier(50, 6, 8, 2), torch.randint(0, 50, (3, 9))),
        (CharacterLSTM(50, 6, 8, 2), torch.randint(0, 50, (3, 9))),
    ],
    ids=["SimpleRNN", "LSTMModel", "GRUModel", "TextClassifier", "CharacterLSTM"],
)
def test_a_traced_network_answers_as_the_plain_one(model: nn.Module, x: torch.Tensor) -> None:
    model.eval()
    traced, record = trace(model, x)
    torch.testing.assert_close(traced, model(x), atol=1e-5, rtol=0)
    np.testing.assert_array_equal(record["fc"], traced.numpy())


def test_the_lessons_sizes_have_the_lessons_numbers_of_parameters() -> None:
    def count(model: nn.Module) -> int:
        return sum(parameter.numel() for parameter in model.parameters())

    assert count(LSTMModel(100, 256, 2, 2)) == 893_442
    assert count(TextClassifier(10_000, 100, 256, 2)) == 1_734_210


def test_state_dicts_have_the_lessons_keys() -> None:
    def weights_of(name: str, suffixes: list[str]) -> list[str]:
        kinds = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
        return [f"{name}.{kind}_{suffix}" for suffix in suffixes for kind in kinds]

    assert list(SimpleRNN(2, 3, 4).state_dict()) == [*weights_of("rnn", ["l0"]), "fc.weight", "fc.bias"]
    assert list(LSTMModel(2, 3, 2, 4).state_dict()) == [
        *weights_of("lstm", ["l0", "l1"]),
        "fc.weight",
        "fc.bias",
    ]
    assert list(TextClassifier(9, 2, 3, 2).state_dict()) == [
        "embedding.weight",
        *weights_of("lstm", ["l0", "l0_reverse"]),
        "fc.weight",
        "fc.bias",
    ]


def test_one_layer_has_no_dropout_and_does_not_warn() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model = LSTMModel(3, 4, 1, 2)
    assert model.lstm.dropout == 0
    assert LSTMModel(3, 4, 2, 2).lstm.dropout == 0.2


def test_text_classifier_reads_the_last_state_of_each_direction() -> None:
    model = TextClassifier(20, 4, 3, 2).eval()
    words = torch.tensor([[4, 7, 1, 9]])
    _, record = trace(model, words)
    np.testing.assert_array_equal(record["last"][0, :3], record["lstm.0.hidden.3"][0])
    np.testing.assert_array_equal(record["last"][0, 3:], record["lstm.0_reverse.hidden.0"][0])


def test_a_sequence_without_a_step_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one step"):
        unroll(nn.LSTM(2, 3, batch_first=True), torch.zeros(1, 0, 2), "lstm")


def test_a_layer_that_is_not_known_is_refused() -> None:
    with pytest.raises(ValueError, match="RNN_RELU"):
        unroll(nn.RNN(2, 3, nonlinearity="relu", batch_first=True), torch.zeros(1, 2, 2), "rnn")


def test_a_character_lstm_reads_on_where_it_stopped() -> None:
    model = CharacterLSTM(20, 6, 8, 2).eval()
    x = torch.randint(0, 20, (1, 9), generator=torch.manual_seed(0))
    first, state = model.read_on(x[:, :4])
    second, _ = model.read_on(x[:, 4:], state)
    torch.testing.assert_close(torch.cat([first, second], dim=1), model(x), atol=1e-6, rtol=0)
