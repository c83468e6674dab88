"""Dropout at work: a network run as in training, with silenced units that can be drawn again from a seed."""

from collections.abc import Mapping

import numpy as np
import torch
from torch import Tensor, nn

from dlviz.trace import Edit, trace


def trace_in_training(
    model: nn.Module, x: Tensor, seed: int, edits: Mapping[str, Edit] | None = None
) -> tuple[Tensor, dict[str, np.ndarray]]:
    """The output and record of a trace in which every dropout layer silences units, as in training.

    The masks are PyTorch's own: the same as of `model.train()` after `torch.manual_seed(seed)`. But they are
    drawn from a generator of this call and put in as edits, so neither the shared model nor the process's
    random numbers are touched, and threads do not disturb one another.

    Args:
        model: a network in evaluation mode that records each dropout layer's output under the layer's name.
        x: the model's input, batch first.
        edits: name -> function from tensor to tensor of the same shape, applied after the dropout.
    Raises: ValueError if a dropout layer or an edit's name was never recorded.
    Source: Srivastava et al. 2014, "Dropout: A Simple Way to Prevent Neural Networks from Overfitting".
    """
    edits = edits or {}
    generator = torch.Generator().manual_seed(seed)
    silences = {
        name: silence(layer.p, generator)
        for name, layer in model.named_modules()
        if isinstance(layer, nn.Dropout)
    }
    both = {name: _then(silences[name], edits[name]) for name in silences.keys() & edits.keys()}
    return trace(model, x, {**silences, **edits, **both})


def silence(probability: float, generator: torch.Generator) -> Edit:
    """An edit that silences each value with this probability and multiplies the others by 1 / (1 − it)."""

    def edit(tensor: Tensor) -> Tensor:
        kept = torch.empty_like(tensor).bernoulli_(1 - probability, generator=generator)
        return tensor * kept.div_(1 - probability)

    return edit


def _then(first: Edit, second: Edit) -> Edit:
    return lambda tensor: second(first(tensor))
