"""What if: edits for a trace of networks that attend. `name` is what a SelfAttention's records begin with."""

from collections.abc import Sequence
from math import sqrt

import torch
from torch import Tensor

from dlviz.models.attention import causal_mask
from dlviz.trace import Edits


def drop_heads(name: str, heads: Sequence[int]) -> Edits:
    """What these heads have gathered is set to 0."""

    def edit(tensor: Tensor) -> Tensor:
        tensor = tensor.clone()
        tensor[:, list(heads)] = 0.0
        return tensor

    return {f"{name}.heads": edit}


def set_weight(
    name: str, head: int, query: int, key: int, value: float, keys: Sequence[int] | None = None
) -> Edits:
    """One attention weight set; the rest of its row is scaled so that the row still sums to 1.

    Where the rest was nothing, it is spread evenly.

    Args:
        keys: those that the query may look at, all by default.
    Raises: ValueError for a value outside 0 … 1.
    """
    if not 0 <= value <= 1:
        raise ValueError(f"an attention weight is 0 to 1, not {value}")

    def edit(tensor: Tensor) -> Tensor:
        tensor = tensor.clone()
        row = tensor[:, head, query]
        row[:, key] = 0.0
        rest = row.sum(dim=-1, keepdim=True)
        even = torch.zeros_like(row)
        even[:, slice(None) if keys is None else list(keys)] = 1.0
        even[:, key] = 0.0
        others = even.sum(dim=-1, keepdim=True)
        row = torch.where(rest > 0, row / rest.clamp_min(1e-30), even / others.clamp_min(1.0)) * (1 - value)
        row[:, key] = torch.where(others > 0, value, 1.0)[:, 0]
        tensor[:, head, query] = row
        return tensor

    return {f"{name}.pattern": edit}


def hide(name: str, keys: Sequence[int]) -> Edits:
    """Nobody may look at these positions any more, in any head.

    Raises: ValueError, when it runs, if no position is left to look at.
    """

    def edit(tensor: Tensor) -> Tensor:
        tensor = tensor.clone()
        tensor[..., list(keys)] = -torch.inf
        if torch.isneginf(tensor).all(dim=-1).any():
            raise ValueError("a query must be left at least one key")
        return tensor

    return {f"{name}.scores": edit}


def unscaled(name: str, head_dim: int) -> Edits:
    """The scores as they were before the division by √head_dim."""
    return {f"{name}.scores": lambda tensor: tensor * sqrt(head_dim)}


def causal(name: str) -> Edits:
    """Every position may look at itself and at what came before: `causal_mask`, put on from outside."""

    def edit(tensor: Tensor) -> Tensor:
        return tensor.masked_fill(~causal_mask(tensor.shape[-1]), -torch.inf)

    return {f"{name}.scores": edit}
