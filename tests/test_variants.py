"""Variants of the lesson's CNN, the CNN for colour pictures, and the plain network."""

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from dlviz import weights
from dlviz.models import MLP, ColourCNN, ColourCNNBatchNorm, SimpleCNN, SimpleCNNBatchNorm, SimpleCNNDropout
from dlviz.trace import trace


def test_another_dropout_changes_no_weight_and_no_name() -> None:
    torch.manual_seed(0)
    plain = SimpleCNN()
    torch.manual_seed(0)
    other = SimpleCNNDropout(dropout=0.1)
    assert list(plain.state_dict()) == list(other.state_dict())
    assert all(torch.equal(value, other.state_dict()[name]) for name, value in plain.state_dict().items())
    x = torch.randn(2, 1, 28, 28)
    assert torch.equal(plain.eval()(x), other.eval()(x))
    _, record = trace(other.train(), torch.randn(8, 1, 28, 28))
    before, after = record["fc_layers.2"], record["fc_layers.3"]
    assert 0.05 < ((after == 0) & (before > 0)).sum() / (before > 0).sum() < 0.15


@pytest.mark.parametrize(
    ("name", "shape", "sides", "parameters"),
    [
        ("SimpleCNNBatchNorm", (1, 28, 28), (28, 14, 7, 3), 390_858),
        ("ColourCNN", (3, 32, 32), (32, 16, 8, 4), 620_362),
        ("ColourCNNBatchNorm", (3, 32, 32), (32, 16, 8, 4), 620_810),
    ],
)
def test_rounds_have_the_shapes_that_they_state(
    name: str, shape: tuple[int, int, int], sides: tuple[int, ...], parameters: int
) -> None:
    model = weights.build(name, {"num_classes": 10})
    assert sum(parameter.numel() for parameter in model.parameters()) == parameters
    _, record = trace(model, torch.randn(2, *shape))
    pooled = [array.shape for stage, array in record.items() if _is_pooling(model, stage)]
    assert pooled == [
        (2, channels, side, side) for channels, side in zip((32, 64, 128), sides[1:], strict=True)
    ]
    assert next(iter(record)) == "input"
    assert record["fc_layers.4"].shape == (2, 10)


def _is_pooling(model: torch.nn.Module, stage: str) -> bool:
    return stage != "input" and isinstance(model.get_submodule(stage), torch.nn.MaxPool2d)


@pytest.mark.parametrize(
    ("kind", "colours", "side"), [(SimpleCNNBatchNorm, 1, 28), (ColourCNNBatchNorm, 3, 32)]
)
def test_batch_norm_is_pytorchs_stage_by_stage(kind: type, colours: int, side: int) -> None:
    model = kind().eval()
    for layer in model.modules():
        if isinstance(layer, torch.nn.BatchNorm2d):
            layer.running_mean = torch.randn(layer.num_features)
            layer.running_var = torch.rand(layer.num_features) + 0.5
    x = torch.randn(2, colours, side, side)
    state, expected = model.state_dict(), x
    for index in (0, 4, 8):
        weight, bias = state[f"conv_layers.{index}.weight"], state[f"conv_layers.{index}.bias"]
        norm = [state[f"conv_layers.{index + 1}.{what}"] for what in ("running_mean", "running_var")]
        scale = [state[f"conv_layers.{index + 1}.{what}"] for what in ("weight", "bias")]
        expected = F.batch_norm(F.conv2d(expected, weight, bias, padding=1), *norm, *scale)
        expected = F.max_pool2d(expected.relu(), 2)
    hidden = F.linear(expected.flatten(1), state["fc_layers.1.weight"], state["fc_layers.1.bias"]).relu()
    logits = F.linear(hidden, state["fc_layers.4.weight"], state["fc_layers.4.bias"])
    np.testing.assert_allclose(trace(model, x)[0], logits, atol=1e-5)


def test_the_colour_network_reads_colour_pictures_alone() -> None:
    with pytest.raises(RuntimeError, match="3 channels"):
        ColourCNN()(torch.zeros(1, 1, 32, 32))


@pytest.mark.parametrize("batch_norm", [False, True])
def test_an_mlp_has_as_many_hidden_layers_as_asked(batch_norm: bool) -> None:
    model = MLP(12, 5, 3, 4, batch_norm=batch_norm)
    weights_of = [tuple(part.shape) for part in model.parameters() if part.dim() == 2]
    assert weights_of == [(5, 12), (5, 5), (5, 5), (4, 5)]
    assert sum(isinstance(layer, torch.nn.BatchNorm1d) for layer in model.modules()) == 3 * batch_norm
    assert sum(part.numel() for part in MLP().parameters()) == 784 * 128 + 128 + 128 * 10 + 10
    x = torch.randn(2, 3, 2, 2)
    logits, record = trace(model.eval(), x)
    assert record["layers.0"].shape == (2, 12)
    if not batch_norm:
        expected = x.flatten(1)
        for index in (1, 4, 7):
            layer = model.layers[index]
            assert isinstance(layer, torch.nn.Linear)
            expected = F.linear(expected, layer.weight, layer.bias).relu()
        last = model.layers[10]
        assert isinstance(last, torch.nn.Linear)
        np.testing.assert_allclose(logits, F.linear(expected, last.weight, last.bias).detach(), atol=1e-6)
