"""Low-rank adaptation (LoRA): two small matrices beside a frozen weight, whose product is added to it.

The package peft does this for every kind of layer, and hides it in a wrapper round the model. Here these two
matrices are what is shown, so they are written out, and no other part of that package would be used.
"""

import math

import torch
from torch import Tensor, nn

STRENGTH = 16.0  # of the product, divided by the rank: so that another rank needs no other learning rate
NAMES = ("query", "value")  # of the linear layers that get matrices, as in the paper


class LowRank(nn.Module):
    """A frozen linear layer with two matrices that learn: x W + b + (strength / rank) · x down up.

    Args:
        frozen: the layer, which is shared, not copied.
        rank: columns of `down` (inputs, rank) and rows of `up` (rank, outputs). `up` begins as zeros, so at
            first nothing is changed.
        draw: of random numbers for `down`.
    Source: Hu et al. 2021, "LoRA: Low-Rank Adaptation of Large Language Models", section 4.1.
    """

    def __init__(self, frozen: nn.Linear, rank: int, draw: torch.Generator) -> None:
        super().__init__()
        self.frozen = frozen
        down = torch.randn(frozen.in_features, rank, generator=draw) / math.sqrt(frozen.in_features)
        self.down = nn.Parameter(down)
        self.up = nn.Parameter(torch.zeros(rank, frozen.out_features))
        self.scale = STRENGTH / rank

    def forward(self, x: Tensor) -> Tensor:
        """Output (…, outputs) for x (…, inputs)."""
        return self.frozen(x) + self.scale * (x @ self.down @ self.up)

    @torch.no_grad()
    def merge(self) -> nn.Linear:
        """Add the product to a copy of the weight: a plain layer that computes the same."""
        weight = self.frozen.weight + self.scale * (self.down @ self.up).T
        merged = nn.Linear(*reversed(weight.shape), bias=self.frozen.bias is not None, device="meta")
        merged.weight = nn.Parameter(weight, requires_grad=False)
        if self.frozen.bias is not None:
            merged.bias = self.frozen.bias
        return merged


def find_places(model: nn.Module) -> list[str]:
    """Names of the linear layers of a model that get matrices: each layer's query and value."""
    return [
        name
        for name, module in model.named_modules()
        if isinstance(module, nn.Linear) and name.rpartition(".")[2] in NAMES
    ]


def add_matrices(model: nn.Module, rank: int, seed: int) -> None:
    """Put `LowRank` in place of each layer of `find_places`; the layers themselves are kept inside."""
    draw = torch.Generator().manual_seed(seed)
    for name in find_places(model):
        linear = model.get_submodule(name)
        assert isinstance(linear, nn.Linear)
        model.set_submodule(name, LowRank(linear, rank, draw))


def merge_matrices(model: nn.Module) -> None:
    """Put a plain layer in place of each `LowRank`."""
    for name, module in list(model.named_modules()):
        if isinstance(module, LowRank):
            model.set_submodule(name, module.merge())
