"""Batch norm at work: a digit's answer among the others of its batch, kept statistics, and folding."""

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm

from dlviz.trace import Edit, recording, trace

Weighted = nn.Conv2d | nn.Linear


@dataclass(frozen=True, eq=False)
class Statistics:
    """Mean and variance of each channel, (channel,) float32 each."""

    mean: np.ndarray
    variance: np.ndarray

    @property
    def spread(self) -> np.ndarray:
        """Standard deviation of each channel, (channel,) float32."""
        return np.sqrt(self.variance)


def norms(model: nn.Module) -> dict[str, str]:
    """Name each batch norm of a network -> the layer before it, whose output it reads.

    Both are names in the `state_dict`; only batch norms inside an `nn.Sequential` are found.
    """
    found = {}
    for name, layers in model.named_modules():
        if isinstance(layers, nn.Sequential):
            prefix = f"{name}." if name else ""
            for (before, _), (after, layer) in pairwise(layers.named_children()):
                if isinstance(layer, _BatchNorm):
                    found[f"{prefix}{after}"] = f"{prefix}{before}"
    return found


def copy_in_training(model: nn.Module) -> nn.Module:
    """Copy a network, its batch norms in training mode and all else, dropout too, in evaluation mode.

    Each batch norm takes mean and variance from the batch that it is given. Those that it keeps stay as they
    are, and the network itself, which others share, is left alone.
    """
    twin = copy.deepcopy(model).eval()
    for layer in twin.modules():
        if isinstance(layer, _BatchNorm):
            layer.train()
            layer.momentum = 0.0
    return twin


def answers_among(
    model: nn.Module, x: Tensor, companions: Tensor, edits: Mapping[str, Edit] | None = None
) -> np.ndarray:
    """Logits of one input in training mode, among the other inputs of its batch.

    Args:
        model: in evaluation mode.
        x: (1, …), the input.
        companions: (draws, others, …), the other inputs of each batch; there may be none.
        edits: name -> function from tensor to tensor of the same shape.
    Returns: (draws, classes) float32.
    Raises: ValueError where a batch norm has a single value a channel, so no spread.
    """
    twin = copy_in_training(model)
    # Copies of all that is recorded on the way would take longer than the network itself.
    with torch.inference_mode():
        answers = []
        for others in companions:
            with recording(edits):
                answers.append(twin(torch.cat([x, others]))[0])
        return torch.stack(answers).numpy()


def statistics_of(values: np.ndarray) -> Statistics:
    """Mean and variance over all but the channels, as a batch norm in training mode takes them.

    Args:
        values: (batch, channel, …).
    """
    over = tuple(axis for axis in range(values.ndim) if axis != 1)
    return Statistics(values.mean(axis=over), values.var(axis=over))


def kept_statistics(layer: nn.Module) -> Statistics:
    """Running mean and variance that a batch norm keeps for evaluation mode."""
    mean, variance = layer.get_buffer("running_mean"), layer.get_buffer("running_var")
    return Statistics(mean.numpy(force=True), variance.numpy(force=True))


def measure_statistics(model: nn.Module, x: Tensor) -> dict[str, Statistics]:
    """Measure what each batch norm of a network in evaluation mode reads.

    Args:
        x: (batch, …), the model's input.
    Returns: name of the batch norm -> statistics of its input.
    """
    _, record = trace(model, x)
    return {norm: statistics_of(record[before]) for norm, before in norms(model).items()}


def fold(weighted: Weighted, norm: _BatchNorm) -> Weighted:
    """Fold a batch norm in evaluation mode into the convolution or linear layer before it.

    The norm multiplies a channel by γ / √(variance + ε) and adds a constant; so the layer's weights to this
    channel can be multiplied by that factor at once, and the constant go into its bias.

    Returns: a layer of the same kind and sizes, with a bias.
    Source: Jacob et al. 2018, "Quantization and Training of Neural Networks for Efficient Integer-Arithmetic-
        Only Inference", section 3.2.
    """
    assert norm.running_mean is not None
    folded = copy.deepcopy(weighted)
    with torch.no_grad():
        factor = folding_factors(norm)
        bias = norm.running_mean.new_zeros(()) if weighted.bias is None else weighted.bias
        folded.weight.copy_(weighted.weight * factor.reshape(-1, *[1] * (weighted.weight.dim() - 1)))
        folded.bias = nn.Parameter((bias - norm.running_mean) * factor + norm.bias)
    return folded


def folding_factors(norm: _BatchNorm) -> Tensor:
    """Factor (channel,) by which a batch norm in evaluation mode multiplies: γ / √(variance + ε)."""
    assert norm.running_var is not None
    return norm.weight.detach() / torch.sqrt(norm.running_var + norm.eps)


def fold_all(model: nn.Module) -> nn.Module:
    """Copy a network in evaluation mode, each batch norm folded into the layer before it.

    In the place of a norm stands an identity, so that all other layers keep their names.
    """
    folded = copy.deepcopy(model)
    for norm, before in norms(model).items():
        weighted, layer = model.get_submodule(before), model.get_submodule(norm)
        assert isinstance(weighted, Weighted)
        assert isinstance(layer, _BatchNorm)
        folded.set_submodule(before, fold(weighted, layer))
        folded.set_submodule(norm, nn.Identity())
    return folded
