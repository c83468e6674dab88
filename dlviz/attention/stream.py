"""The residual stream through a block: its stations, their norms, and the work of a LayerNorm."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch
from torch import nn

from dlviz.dropout import drop_values
from dlviz.trace import Edit

# Station -> its name in the record of a TransformerBlock, in order of computation.
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
    """Values at each station of one block, of a batch of one: station -> (token, width) float32."""
    return {station: record[f"blocks.{block}.{name}"][0] for station, name in STATIONS.items()}


def patterns(record: Mapping[str, np.ndarray], depth: int) -> np.ndarray:
    """Attention patterns of all blocks, of a batch of one: (block, head, query, key) float32."""
    return np.stack([record[f"blocks.{block}.attention.pattern"][0] for block in range(depth)])


def sizes(record: Mapping[str, np.ndarray], depth: int) -> np.ndarray:
    """Euclidean norm of each token's vector at each station: (block, station, token)."""
    every = [stations(record, block).values() for block in range(depth)]
    return np.array([[np.linalg.norm(values, axis=1) for values in block] for block in every])


def dropped(depth: int, share: float, seed: int) -> dict[str, Edit]:
    """Drop this share of values after both norms of every block, as training does.

    The masks are PyTorch's own: those of `model.train()` after `torch.manual_seed(seed)`.
    """
    generator = torch.Generator().manual_seed(seed)
    names = [f"blocks.{block}.dropout{place}" for block in range(depth) for place in (1, 2)]
    return {name: drop_values(share, generator) for name in names}


@dataclass(frozen=True, eq=False)
class Normed:
    """Statistics of a LayerNorm for every token.

    Args:
        before, after: (token, 2), mean and variance over a token's values, before the layer, and after its
            division but before scale and shift.
        eps: added to the variance under the root.
        scale, shift: (width,), learned.
    """

    before: np.ndarray
    after: np.ndarray
    eps: float
    scale: np.ndarray
    shift: np.ndarray


def normed(layer: nn.LayerNorm, values: np.ndarray) -> Normed:
    """Statistics of a LayerNorm that reads values (token, width)."""
    before = moments(values)
    divided = (values - before[:, :1]) / np.sqrt(before[:, 1:] + layer.eps)
    scale, shift = (parameter.detach().numpy() for parameter in (layer.weight, layer.bias))
    return Normed(before, moments(divided), layer.eps, scale, shift)


def moments(values: np.ndarray) -> np.ndarray:
    """Mean and variance (divided by the width) of each row of (token, width): (token, 2)."""
    return np.stack([values.mean(axis=1), values.var(axis=1)], axis=1)
