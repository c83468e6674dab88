"""Self-attention and the transformer block, written out, with every inner tensor recorded."""

from math import sqrt

import torch
from torch import Tensor, nn

from dlviz.trace import record, run_recorded


def causal_mask(seq: int) -> Tensor:
    """Mask of the future: (seq, seq) bool, query by key, true at and before each query."""
    return torch.ones(seq, seq, dtype=torch.bool).tril()


class SelfAttention(nn.Module):
    """Multi-head self-attention: each position mixes the values of all others, weighted by query and key.

    Args:
        embed_size: of a position's vector.
        heads: number of parts that it is split into, each attending by itself.
    Raises: ValueError if embed_size does not divide by heads.
    Source: Vaswani et al. 2017, "Attention Is All You Need", section 3.2.
    """

    def __init__(self, embed_size: int, heads: int) -> None:
        super().__init__()
        if embed_size % heads:
            raise ValueError(f"an embed_size of {embed_size} cannot be split into {heads} equal heads")
        self.heads = heads
        self.head_dim = embed_size // heads
        self.queries = nn.Linear(embed_size, embed_size)
        self.keys = nn.Linear(embed_size, embed_size)
        self.values = nn.Linear(embed_size, embed_size)
        self.fc_out = nn.Linear(embed_size, embed_size)

    def forward(self, x: Tensor, mask: Tensor | None = None, name: str = "attention") -> Tensor:
        """Output (batch, seq, embed) for sequences (batch, seq, embed).

        Args:
            mask: bool, broadcast to (batch, head, query, key); True where a query may attend to a key.
            name: beginning of its records.
        Raises: ValueError if the mask leaves a query no key at all.
        """
        q = record(f"{name}.q", self._split(self.queries(x)))  # (batch, head, query, head_dim)
        k = record(f"{name}.k", self._split(self.keys(x)))  # (batch, head, key, head_dim)
        v = record(f"{name}.v", self._split(self.values(x)))  # (batch, head, key, head_dim)
        products = record(f"{name}.products", q @ k.transpose(-2, -1))  # (batch, head, query, key)
        scores = products / sqrt(self.head_dim)
        if mask is not None:
            if not mask.any(dim=-1).all():
                raise ValueError("a mask must leave every query at least one key")
            scores = scores.masked_fill(~mask, -torch.inf)
        scores = record(f"{name}.scores", scores)
        pattern = record(f"{name}.pattern", scores.softmax(dim=-1))  # each row sums to 1
        heads = record(f"{name}.heads", pattern @ v)  # (batch, head, query, head_dim)
        joined = record(f"{name}.joined", heads.transpose(1, 2).flatten(2))  # (batch, query, embed)
        return record(f"{name}.out", self.fc_out(joined))

    def _split(self, x: Tensor) -> Tensor:
        """Split vectors into heads: (batch, seq, embed) -> (batch, head, seq, head_dim)."""
        return x.unflatten(2, (self.heads, self.head_dim)).transpose(1, 2)


class TransformerBlock(nn.Module):
    """Attention, then a small network for each position, each added to its input and normed.

    Args:
        embed_size, heads: as of SelfAttention.
        dropout: the share of values dropped in training.
        forward_expansion: width of the small network's hidden layer, as a multiple of a vector's.
    Source: Vaswani et al. 2017, "Attention Is All You Need", section 3.1.
    """

    def __init__(self, embed_size: int, heads: int, dropout: float, forward_expansion: int) -> None:
        super().__init__()
        self.attention = SelfAttention(embed_size, heads)
        self.norm1 = nn.LayerNorm(embed_size)
        self.norm2 = nn.LayerNorm(embed_size)
        self.feed_forward = nn.Sequential(
            nn.Linear(embed_size, forward_expansion * embed_size),
            nn.ReLU(),
            nn.Linear(forward_expansion * embed_size, embed_size),
        )
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: Tensor, mask: Tensor | None = None, name: str = "block") -> Tensor:
        """Output (batch, seq, embed) for sequences (batch, seq, embed); mask and name as in SelfAttention."""
        x = record(f"{name}.resid_pre", x)
        mid = record(f"{name}.resid_mid", self.attention(x, mask, f"{name}.attention") + x)
        x = record(f"{name}.dropout1", self.dropout(record(f"{name}.norm1", self.norm1(mid))))
        forward = run_recorded(self.feed_forward, f"{name}.feed_forward", x)
        post = record(f"{name}.resid_post", forward + x)
        return record(f"{name}.dropout2", self.dropout(record(f"{name}.norm2", self.norm2(post))))
