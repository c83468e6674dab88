"""Interventions on attention, as edits for a trace. `name` is the beginning of a SelfAttention's records."""

from collections.abc import Sequence
from math import sqrt

import torch
from torch import Tensor

from dlviz.models.attention import causal_mask
from dlviz.trace import Edits


def drop_heads(name: str, heads: Sequence[int]) -> Edits:
    """Set the outputs of heads to 0."""

    def edit(tensor: Tensor) -> Tensor:
        tensor = tensor.clone()
        tensor[:, list(heads)] = 0.0
        return tensor

    return {f"{name}.heads": edit}


def set_weight(
    name: str, head: int, query: int, key: int, value: float, keys: Sequence[int] | None = None
) -> Edits:
    """Set one attention weight, and scale the rest of its row so that the row still sums to 1.

    A rest of 0 is spread evenly.

    Args:
        keys: the positions that the query may attend to, all by default.
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
    """Mask positions as keys, in all heads: no query attends to them any more.

    Raises: ValueError, when it runs, if no key is left to a query.
    """

    def edit(tensor: Tensor) -> Tensor:
        tensor = tensor.clone()
        tensor[..., list(keys)] = -torch.inf
        if torch.isneginf(tensor).all(dim=-1).any():
            raise ValueError("a query must be left at least one key")
        return tensor

    return {f"{name}.scores": edit}


def unscaled(name: str, head_dim: int) -> Edits:
    """Undo the division of the scores by √head_dim."""
    return {f"{name}.scores": lambda tensor: tensor * sqrt(head_dim)}


def causal(name: str) -> Edits:
    """Mask all later positions: `causal_mask`, put on from outside."""

    def edit(tensor: Tensor) -> Tensor:
        return tensor.masked_fill(~causal_mask(tensor.shape[-1]), -torch.inf)

    return {f"{name}.scores": edit}
