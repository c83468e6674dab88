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
    """Logits as in training, for many draws of the units that dropout drops.

    What comes before the dropout is computed once for all draws.

    Args:
        model, edits: as of `trace_in_training`, which gives the same logits with each of these seeds.
        x: (batch, …), the model's input.
    Returns: (seeds, batch, classes) float32.
    Raises: ValueError if a dropout layer or an edit's name was never recorded.
    """
    generators = [torch.Generator().manual_seed(seed) for seed in seeds]
    drops = {
        name: _drop_blocks([drop_values(layer.p, generator) for generator in generators], len(x))
        for name, layer in model.named_modules()
        if isinstance(layer, nn.Dropout)
    }
    logits = trace(model, x, combined(drops, edits or {}))[0].numpy()
    return logits.reshape(len(seeds), len(x), -1)


def _drop_blocks(drops: Sequence[Edit], batch: int) -> Edit:
    """Make an edit that lets each drop work on a block of its own: (drops · batch, …) of (batch, …)."""

    def edit(tensor: Tensor) -> Tensor:
        # The first dropout meets the batch once, later ones what the first has made of it.
        blocks = [tensor] * len(drops) if len(tensor) == batch else tensor.split(batch)
        return torch.cat([drop(block) for drop, block in zip(drops, blocks, strict=True)])

    return edit
