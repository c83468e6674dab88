"""What is seen in a network at a checkpoint, against plain forward passes."""

from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from dlviz import weights
from dlviz.models.transformers import patches
from dlviz.training.analysis.snapshot import CLASS_TOKEN, NOTHING, kinds, moment, parts

DIGIT = torch.rand(1, 1, 28, 28, generator=torch.Generator().manual_seed(0)) * 2 - 1
ROWS, WORDS = DIGIT[:, 0], torch.tensor([[2, 5, 3]])
SIZES: dict[str, dict[str, object]] = {
    "SimpleCNN": {"num_classes": 10},
    "SimpleCNNBatchNorm": {"num_classes": 10},
    "ColourCNN": {"num_classes": 10},
    "MLP": {"hidden_size": 40, "depth": 2},
    "SimpleRNN": {"input_size": 28, "hidden_size": 6, "output_size": 10},
    "GRUModel": {"input_size": 28, "hidden_size": 6, "output_size": 10},
    "LSTMModel": {"input_size": 28, "hidden_size": 6, "num_layers": 2, "output_size": 10},
    "DigitTransformer": {"embed_size": 8, "heads": 2, "depth": 2},
    "TextClassifier": {"vocab_size": 9, "embed_dim": 4, "hidden_dim": 5, "output_dim": 2},
    "CharacterLSTM": {"vocab_size": 9, "embed_dim": 4, "hidden_size": 5, "num_layers": 1},
}


def network(name: str) -> Any:
    return weights.build(name, SIZES[name], seed=1).eval()


@torch.inference_mode()
def close(seen: np.ndarray, expected: torch.Tensor) -> None:
    torch.testing.assert_close(torch.from_numpy(seen), expected, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize(
    ("name", "x"),
    [
        ("SimpleCNN", DIGIT),
        ("MLP", DIGIT),
        ("GRUModel", ROWS),
        ("DigitTransformer", DIGIT),
        ("TextClassifier", WORDS),
    ],
)
@torch.inference_mode()
def test_the_answer_is_the_plain_forwards(name: str, x: torch.Tensor) -> None:
    model = network(name)
    close(moment(model, x, "maps", "").answer, model(x)[0].softmax(0))


@torch.inference_mode()
def test_of_a_text_the_answer_is_what_comes_after_its_last_character() -> None:
    model = network("CharacterLSTM")
    close(moment(model, WORDS, "gates", "").answer, model(WORDS)[0, -1].softmax(0))


@pytest.mark.parametrize("name", ["SimpleCNN", "SimpleCNNBatchNorm"])
@torch.inference_mode()
def test_maps_and_kernels_of_a_cnn(name: str) -> None:
    model = network(name)
    relus = [at for at, layer in enumerate(model.conv_layers) if isinstance(layer, nn.ReLU)]
    assert list(parts(model, "maps")) == [*(f"conv_layers.{at}" for at in relus), "fc_layers.2"]
    for at, shape in zip(relus, [(32, 28, 28), (64, 14, 14), (128, 7, 7)], strict=True):
        seen = moment(model, DIGIT, "maps", f"conv_layers.{at}").values
        assert seen.shape == shape
        close(seen, model.conv_layers[: at + 1](DIGIT)[0])
    hidden = moment(model, DIGIT, "maps", "fc_layers.2").values
    close(hidden[:, 0, 0], model.fc_layers[:3](model.conv_layers(DIGIT))[0])
    close(moment(model, DIGIT, "kernels", "first").values, model.conv_layers[0].weight[:, 0])


@torch.inference_mode()
def test_a_kernel_over_colours_is_one_picture_a_colour() -> None:
    model = network("ColourCNN")
    seen = moment(model, torch.rand(1, 3, 32, 32), "kernels", "first").values
    assert seen.shape == (96, 3, 3)
    close(seen[4], model.conv_layers[0].weight[1, 1])


@torch.inference_mode()
def test_of_an_mlp_the_first_32_units_and_what_they_look_for() -> None:
    model = network("MLP")
    assert parts(model, "kernels") == {"first": "What the first 32 of 40 units of the first layer look for"}
    seen = moment(model, DIGIT, "kernels", "first").values
    assert seen.shape == (32, 28, 28)
    close(seen[3].ravel(), model.layers[1].weight[3])
    assert list(parts(model, "maps").values()) == ["Hidden units 1", "Hidden units 2"]
    first, second = parts(model, "maps")
    close(moment(model, DIGIT, "maps", first).values[:, 0, 0], (model.layers[1](DIGIT.flatten(1)))[0].relu())
    assert moment(model, DIGIT, "maps", second).values.shape == (40, 1, 1)


@torch.inference_mode()
def test_the_gates_of_an_lstm_make_its_states() -> None:
    model = network("LSTMModel")
    assert list(parts(model, "gates")) == ["lstm.0", "lstm.1"]
    seen = moment(model, ROWS, "gates", "lstm.1")
    gates = dict(zip(seen.names, seen.values, strict=True))
    assert seen.values.shape == (6, 6, 28)
    close(gates["hidden state"], model.lstm(ROWS)[0][0].T)
    cell = gates["cell state"]
    kept = gates["forget gate"][:, 1:] * cell[:, :-1] + (gates["input gate"] * gates["candidate"])[:, 1:]
    np.testing.assert_allclose(cell[:, 1:], kept, atol=1e-5)


@torch.inference_mode()
def test_a_plain_rnn_says_that_it_has_no_gates_and_shows_its_state() -> None:
    model = network("SimpleRNN")
    assert parts(model, "gates") == {"rnn.0": "Hidden state (a plain RNN has no gates)"}
    close(moment(model, ROWS, "gates", "rnn.0").values[0], model.rnn(ROWS)[0][0].T)
    assert moment(network("GRUModel"), ROWS, "gates", "gru.0").names[:2] == ("reset gate", "update gate")


@torch.inference_mode()
def test_a_sentence_is_read_in_both_directions() -> None:
    model = network("TextClassifier")
    forward, backward = parts(model, "gates")
    hidden = model.lstm(model.embedding(WORDS))[0][0].T  # both directions, one below the other
    close(moment(model, WORDS, "gates", forward).values[-1], hidden[:5])
    close(moment(model, WORDS, "gates", backward).values[-1], hidden[5:])


@torch.inference_mode()
def test_attention_by_its_formula() -> None:
    model = network("DigitTransformer")
    tokens = torch.cat([model.class_token, model.embed(patches(DIGIT))], 1) + model.positions
    attention = model.blocks[0].attention
    q, k = (
        layer(tokens)[0].unflatten(1, (2, 4)).transpose(0, 1) for layer in (attention.queries, attention.keys)
    )
    pattern = (q @ k.transpose(1, 2) / 2).softmax(2)
    close(moment(model, DIGIT, "attention", "0").values, pattern)
    looks = moment(model, DIGIT, "attention", CLASS_TOKEN)
    assert looks.names == ("block 1, head 1", "block 1, head 2", "block 2, head 1", "block 2, head 2")
    close(looks.values[:2], pattern[:, 0, 1:].unflatten(1, (7, 7)))


def test_attention_and_kernels_of_a_transformer_that_reads_colours() -> None:
    model = weights.build("DigitTransformer", {**SIZES["DigitTransformer"], "colours": 3, "side": 32})
    picture = torch.zeros(1, 3, 32, 32)
    assert moment(model.eval(), picture, "attention", CLASS_TOKEN).values.shape == (4, 8, 8)
    kernels = moment(model, picture, "kernels", "first").values
    assert kernels.shape == (3 * 8, 4, 4)
    red = model.get_parameter("embed.weight")[0, :16].detach().numpy().reshape(4, 4)
    np.testing.assert_array_equal(kernels[0], red)  # a patch is laid out colour after colour


def test_what_a_network_has_nothing_of() -> None:
    assert set(NOTHING) == {"kernels", "maps", "attention", "gates"}
    for name, lacks in {
        "SimpleCNN": {"attention", "gates"},
        "MLP": {"attention", "gates"},
        "LSTMModel": {"kernels", "maps", "attention"},
        "DigitTransformer": {"maps", "gates"},
        "TextClassifier": {"kernels", "maps", "attention"},
    }.items():
        assert {kind for kind in NOTHING if not parts(network(name), kind)} == lacks
        assert {*kinds(network(name))} == {*NOTHING} - lacks
