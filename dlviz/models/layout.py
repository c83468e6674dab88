"""A convolutional network laid out so that it learns faster: the same names, answers and gradients."""

from itertools import pairwise

import torch
from torch import nn


def lay_out(model: nn.Module) -> None:
    """Change the model's order of memory, and of its layers without weights, to the faster one."""
    # Convolutions are faster where a pixel's channels lie side by side (measured).
    if any(isinstance(layer, nn.Conv2d) for layer in model.modules()):
        model.to(memory_format=torch.channels_last)  # pyright: ignore[reportCallIssue]
    for layers in model.modules():
        if isinstance(layers, nn.Sequential):
            _pool_first(layers)


def _pool_first(layers: nn.Sequential) -> None:
    """Put max pooling before the ReLU that it follows, which then has a quarter of the values to do.

    The largest of four is the same before and after, so nothing else changes, to the last bit.
    """
    for at, (layer, following) in enumerate(pairwise(list(layers))):
        if isinstance(layer, nn.ReLU) and isinstance(following, nn.MaxPool2d):
            layers[at], layers[at + 1] = following, layer
