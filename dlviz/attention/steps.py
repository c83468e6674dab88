"""Steps of one self-attention, as a trace has recorded them."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import sqrt

import numpy as np


@dataclass(frozen=True, eq=False)
class Steps:
    """Steps of self-attention over one sequence, in order; all arrays are float32.

    Args:
        x: (seq, embed), the input.
        q, k, v: (head, seq, head_dim).
        products: (head, query, key) Q Kᵀ.
        scores: (head, query, key), the softmax's input: products divided by √head_dim, −∞ where masked.
        pattern: (head, query, key), each row sums to 1.
        heads: (head, seq, head_dim) pattern times V.
        joined: (seq, embed) the heads side by side.
        out: (seq, embed) after `fc_out`.
    """

    x: np.ndarray
    q: np.ndarray
    k: np.ndarray
    v: np.ndarray
    products: np.ndarray
    scores: np.ndarray
    pattern: np.ndarray
    heads: np.ndarray
    joined: np.ndarray
    out: np.ndarray

    @property
    def head_dim(self) -> int:
        """Length of a head's part of a vector."""
        return self.q.shape[2]

    @property
    def scaled(self) -> np.ndarray:
        """Products divided by √head_dim: (head, query, key) float32."""
        return self.products / np.float32(sqrt(self.head_dim))


def steps(record: Mapping[str, np.ndarray], name: str, x: np.ndarray) -> Steps:
    """Collect the steps of the SelfAttention that recorded under `name`, of the first sequence of its batch.

    Args:
        record: of a trace of a (batch, seq, embed) input.
        x: (batch, seq, embed), that input.
    """
    parts = ("q", "k", "v", "products", "scores", "pattern", "heads", "joined", "out")
    return Steps(x[0], *(record[f"{name}.{part}"][0] for part in parts))


def moved(before: np.ndarray, after: np.ndarray) -> np.ndarray:
    """Distance by which each vector of (seq, embed) has moved, as a share of its length before: (seq,)."""
    lengths = np.linalg.norm(before, axis=1)
    return np.linalg.norm(after - before, axis=1) / np.maximum(lengths, 1e-12)
