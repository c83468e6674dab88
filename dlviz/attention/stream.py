"""The residual stream through a block: its stations, their sizes, and what a LayerNorm does."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch
from torch import nn

from dlviz.dropout import silence
from dlviz.trace import Edit

# Station -> what a TransformerBlock calls it in its record, in order of computation.
STATIONS = {
    "in": "resid_pre",
    "attention": "attention.out",
    "mid": "resid_mid",
    "norm1": "norm1",
    "dropout1": "dropout1",
    "hidden": "feed_forward.1",
    "forward": "feed_forward.2",
    "post": "resid_post",
    "norm2": "norm2",
    "out": "dropout2",
}


def stations(record: Mapping[str, np.ndarray], block: int) -> dict[str, np.ndarray]:
    """Station -> (token, width) of one block, of the record of a batch of one."""
    return {station: record[f"blocks.{block}.{name}"][0] for station, name in STATIONS.items()}


def patterns(record: Mapping[str, np.ndarray], depth: int) -> np.ndarray:
    """(block, head, query, key) of the record of a batch of one."""
    return np.stack([record[f"blocks.{block}.attention.pattern"][0] for block in range(depth)])


def sizes(record: Mapping[str, np.ndarray], depth: int) -> np.ndarray:
    """(block, station, token): the Euclidean norm of each token's vector at each station."""
    every = [stations(record, block).values() for block in range(depth)]
    return np.array([[np.linalg.norm(values, axis=1) for values in block] for block in every])


def dropped(depth: int, share: float, seed: int) -> dict[str, Edit]:
    """Edits that silence this share of values after both norms of every block, as training does.

    The masks are PyTorch's own: those of `model.train()` after `torch.manual_seed(seed)`.
    """
    generator = torch.Generator().manual_seed(seed)
    names = [f"blocks.{block}.dropout{place}" for block in range(depth) for place in (1, 2)]
    return {name: silence(share, generator) for name in names}


@dataclass(frozen=True, eq=False)
class Normed:
    """What a LayerNorm does to every token.

    Args:
        before, after: (token, 2): mean and variance over a token's values, before it, and after its division
            but before scale and shift.
        eps: what is added to the variance under the root.
        scale, shift: (width,), learnt.
    """

    before: np.ndarray
    after: np.ndarray
    eps: float
    scale: np.ndarray
    shift: np.ndarray


def normed(layer: nn.LayerNorm, values: np.ndarray) -> Normed:
    """The numbers of a LayerNorm for what it reads, (token, width)."""
    before = moments(values)
    divided = (values - before[:, :1]) / np.sqrt(before[:, 1:] + layer.eps)
    scale, shift = (parameter.detach().numpy() for parameter in (layer.weight, layer.bias))
    return Normed(before, moments(divided), layer.eps, scale, shift)


def moments(values: np.ndarray) -> np.ndarray:
    """(token, 2): mean and variance (divided by the width) of each row of (token, width)."""
    return np.stack([values.mean(axis=1), values.var(axis=1)], axis=1)
