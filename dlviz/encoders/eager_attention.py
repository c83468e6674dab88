"""Attention as transformers computes it, written out, so that a trace sees it and edits change it.

transformers lets a model that asks for it use an attention function of ours. It is put on once, at loading.
Like `record`, it is the plain computation unless a trace is on.
"""

import dlviz.vision_operators  # noqa: F401, I001  (before transformers)

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from itertools import count
from math import sqrt

from torch import Tensor, nn
from transformers import AttentionInterface
from transformers.masking_utils import AttentionMaskInterface, eager_mask

from dlviz.trace import record

NAME = "written_out"

_layers: ContextVar[Iterator[int] | None] = ContextVar("layers", default=None)


@contextmanager
def number_layers() -> Iterator[None]:
    """Number the layers that compute attention inside from 0, one pass at a time."""
    token = _layers.set(count())
    try:
        yield
    finally:
        _layers.reset(token)


def layer(index: int) -> str:
    """Beginning of a layer's records: `layers.0.attention`, followed by scores, pattern, values and heads."""
    return f"layers.{index}.attention"


def attend(
    module: nn.Module,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attention_mask: Tensor | None,
    scaling: float | None = None,
    dropout: float = 0.0,
    **_: object,
) -> tuple[Tensor, Tensor]:
    """Attend, and record scores, pattern, values and the heads' outputs.

    Args:
        query, key, value: (batch, head, seq, head_dim).
        attention_mask: added to the scores, broadcast to (batch, head, query, key).
    Returns: output (batch, query, head, head_dim), and pattern (batch, head, query, key).
    Source: Vaswani et al. 2017, "Attention Is All You Need", section 3.2.1.
    """
    layers = _layers.get()
    name = layer(next(layers)) if layers else "attention"
    scores = query @ key.transpose(-2, -1) * (scaling or 1 / sqrt(query.shape[-1]))
    if attention_mask is not None:
        scores = scores + attention_mask
    scores = record(f"{name}.scores", scores)  # (batch, head, query, key)
    pattern = record(f"{name}.pattern", scores.softmax(dim=-1))
    value = record(f"{name}.values", value)  # (batch, head, key, head_dim)
    kept = nn.functional.dropout(pattern, dropout, module.training)
    heads = record(f"{name}.heads", kept @ value)  # (batch, head, query, head_dim)
    return heads.transpose(1, 2).contiguous(), pattern


AttentionInterface.register(NAME, attend)
AttentionMaskInterface.register(NAME, eager_mask)
