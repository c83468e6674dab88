"""Dropout at work: a forward pass as in training, with dropped units that can be drawn again from a seed."""

from collections.abc import Mapping, Sequence

import numpy as np
import torch
from torch import Tensor, nn

from dlviz.trace import Edit, combined, trace


def trace_in_training(
    model: nn.Module, x: Tensor, seed: int, edits: Mapping[str, Edit] | None = None
) -> tuple[Tensor, dict[str, np.ndarray]]:
    """Trace a forward pass in which every dropout layer drops units, as in training.

    The masks are PyTorch's own: the same as of `model.train()` after `torch.manual_seed(seed)`. But they are
    drawn from a generator of this call and put in as edits, so neither the shared model nor the process's
    random numbers are touched, and threads do not disturb one another.

    Args:
        model: a network in evaluation mode that records each dropout layer's output under the layer's name.
        x: (batch, …), the model's input.
        edits: name -> function from tensor to tensor of the same shape, applied after the dropout.
    Returns: (batch, …) output, and name -> array in order of computation.
    Raises: ValueError if a dropout layer or an edit's name was never recorded.
    Source: Srivastava et al. 2014, "Dropout: A Simple Way to Prevent Neural Networks from Overfitting".
    """
    generator = torch.Generator().manual_seed(seed)
    drops = {
        name: drop_values(layer.p, generator)
        for name, layer in model.named_modules()
        if isinstance(layer, nn.Dropout)
    }
    return trace(model, x, combined(drops, edits or {}))


def drop_values(probability: float, generator: torch.Generator) -> Edit:
    """Make an edit that drops each value with this probability and multiplies the others by 1 / (1 − it)."""

    def edit(tensor: Tensor) -> Tensor:
        kept = torch.empty_like(tensor).bernoulli_(1 - probability, generator=generator)
        return tensor * kept.div_(1 - probability)

    return edit


def answers_of_masks(
    model: nn.Module, x: Tensor, seeds: Sequence[int], edits: Mapping[str, Edit] | None = None
) -> np.ndarray:
    """Logits of one input as in training, for many draws of the units that dropout drops.

    Args:
        model, edits: as of `trace_in_training`, whose answer with each of these seeds is the row of it.
        x: (1, …), the model's input.
    Returns: (seeds, classes) float32.
    Raises: ValueError if a dropout layer or an edit's name was never recorded.
    """
    generators = [torch.Generator().manual_seed(seed) for seed in seeds]
    drops = {
        name: _drop_rows(layer.p, generators)
        for name, layer in model.named_modules()
        if isinstance(layer, nn.Dropout)
    }
    return trace(model, x, combined(drops, edits or {}))[0].numpy()


def _drop_rows(probability: float, generators: Sequence[torch.Generator]) -> Edit:
    """Make an edit (1, …) -> (generators, …) that drops each row's values by a generator of its own."""
    drops = [drop_values(probability, generator) for generator in generators]

    def edit(tensor: Tensor) -> Tensor:
        rows = tensor.expand(len(drops), *tensor.shape[1:]).split(1)
        return torch.cat([drop(row) for drop, row in zip(drops, rows, strict=True)])

    return edit
