"""Batch norm against PyTorch's own layers in training mode, and networks with their norms folded in."""

import copy

import numpy as np
import pytest
import torch
from torch import nn

from dlviz import batch_norm, weights
from dlviz.data import digits, mnist
from dlviz.trace import switch_off, trace
from tests import kept_runs

DIGITS = digits.normalise(mnist.digits("test")[0][:33])
X, OTHERS = DIGITS[:1], DIGITS[1:]


def network(name: str = "SimpleCNNBatchNorm") -> nn.Module:
    """One whose batch norms keep statistics of their own, and scale and shift."""
    return kept_runs.network(name, 10).eval()


def mlp() -> nn.Module:
    return kept_runs.network("MLP", 10, depth=2, batch_norm=True).eval()


def test_each_norm_is_named_with_the_layer_before_it() -> None:
    convolutional = {f"conv_layers.{place + 1}": f"conv_layers.{place}" for place in (0, 4, 8)}
    assert batch_norm.norms(network()) == convolutional
    assert batch_norm.norms(mlp()) == {"layers.2": "layers.1", "layers.6": "layers.5"}
    assert batch_norm.norms(weights.build("SimpleCNN", {})) == {}


def test_answers_in_training_mode_are_those_of_pytorchs_layers() -> None:
    model, draws = network(), OTHERS.reshape(4, 8, 1, 28, 28)
    twin = copy.deepcopy(model).train()
    twin.get_submodule("fc_layers.3").eval()  # the dropout
    with torch.inference_mode():
        expected = torch.cat([twin(torch.cat([X, others]))[:1] for others in draws]).numpy()
    np.testing.assert_allclose(batch_norm.answers_among(model, X, draws), expected, atol=1e-5)
    assert np.ptp(expected, axis=0).min() > 1e-3  # the companions matter


def test_one_channel_in_training_mode_worked_out_by_hand() -> None:
    model = network()
    _, record = trace(batch_norm.copy_in_training(model), DIGITS)
    before, after = record["conv_layers.4"][:, 7], record["conv_layers.5"][:, 7]
    layer = model.get_submodule("conv_layers.5")
    gamma, beta = (layer.get_parameter(name)[7].item() for name in ("weight", "bias"))
    expected = gamma * (before - before.mean()) / np.sqrt(before.var() + layer.eps) + beta
    np.testing.assert_allclose(after, expected, atol=1e-4)


def test_the_network_itself_is_left_alone() -> None:
    model = network()
    before = copy.deepcopy(model.state_dict())
    batch_norm.answers_among(model, X, OTHERS[None])
    batch_norm.fold_all(model)
    assert not any(layer.training for layer in model.modules())
    assert all(torch.equal(values, before[name]) for name, values in model.state_dict().items())


def test_in_evaluation_mode_companions_change_nothing() -> None:
    model = network()
    alone, among = trace(model, X)[0], trace(model, DIGITS)[0][:1]
    torch.testing.assert_close(alone, among, atol=1e-5, rtol=1e-5)


def test_a_batch_of_one_is_normed_over_its_own_places_and_refused_where_there_is_only_one() -> None:
    model = network()
    alone = batch_norm.answers_among(model, X, X[None, :0])
    assert alone.shape == (1, 10)
    assert np.isfinite(alone).all()
    with pytest.raises(ValueError, match="more than 1 value per channel"):
        batch_norm.answers_among(mlp(), X, X[None, :0])


def test_channels_stay_switched_off_in_training_mode() -> None:
    model, every = network(), switch_off(list(range(256)))
    off = batch_norm.answers_among(model, X, OTHERS[None], {"fc_layers.2": every})
    np.testing.assert_allclose(off[0], model.get_parameter("fc_layers.4.bias").detach(), atol=1e-6)


@pytest.mark.parametrize("model", [network(), mlp()], ids=["convolutional", "fully connected"])
def test_measured_statistics_are_what_pytorch_would_keep_of_one_batch(model: nn.Module) -> None:
    measured = batch_norm.measure_statistics(model, DIGITS)
    for name, before in batch_norm.norms(model).items():
        layer = copy.deepcopy(model.get_submodule(name)).train()
        assert isinstance(layer, nn.BatchNorm1d | nn.BatchNorm2d)
        layer.momentum = 1.0  # keep the last batch alone
        values = torch.from_numpy(trace(model, DIGITS)[1][before])
        with torch.inference_mode():
            layer(values)
        kept, count = batch_norm.kept_statistics(layer), values.numel() / values.shape[1]
        np.testing.assert_allclose(measured[name].mean, kept.mean, atol=1e-4)
        # PyTorch keeps the variance of the population, estimated from the batch.
        np.testing.assert_allclose(measured[name].variance * count / (count - 1), kept.variance, rtol=1e-3)


@pytest.mark.parametrize("model", [network(), mlp()], ids=["convolutional", "fully connected"])
def test_a_network_with_its_norms_folded_in_gives_the_same_numbers(model: nn.Module) -> None:
    folded = batch_norm.fold_all(model)
    assert not batch_norm.norms(folded)
    logits, record = trace(model, DIGITS)
    same, seen = trace(folded, DIGITS)
    torch.testing.assert_close(same, logits, atol=1e-4, rtol=1e-4)
    for norm, before in batch_norm.norms(model).items():
        np.testing.assert_allclose(seen[before], record[norm], atol=1e-3)


def test_a_convolution_without_a_bias_is_folded_too() -> None:
    layers = nn.Sequential(nn.Conv2d(1, 3, 3, bias=False), nn.BatchNorm2d(3)).eval()
    norm = layers[1]
    assert isinstance(norm, nn.BatchNorm2d)
    assert norm.running_mean is not None
    norm.running_mean.copy_(torch.tensor([1.0, -2, 3]))
    with torch.inference_mode():
        torch.testing.assert_close(batch_norm.fold_all(layers)(X), layers(X))
