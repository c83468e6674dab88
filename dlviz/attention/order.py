"""Words in two orders through the same blocks: does a transformer know the order?"""

from collections.abc import Sequence
from dataclasses import dataclass
from zlib import crc32

import numpy as np
import torch
from torch import Tensor, nn


def word_vectors(words: Sequence[str], embed_size: int, seed: int) -> Tensor:
    """Random vectors of words: (words, embed_size) float32, normally distributed.

    A word has the same vector wherever it stands: it is drawn from a generator of its own, seeded with the
    checksum (CRC-32) of seed and word.
    """
    seeds = [crc32(f"{seed} {word}".encode()) for word in words]
    return torch.stack([torch.randn(embed_size, generator=torch.Generator().manual_seed(s)) for s in seeds])


def places(words: Sequence[str], other: Sequence[str]) -> list[int]:
    """Place of each word in the other order, upper and lower case alike; of a repeated word the first first.

    Raises: ValueError naming a word that one of them has more often.
    """
    left: dict[str, list[int]] = {}
    for at, word in enumerate(other):
        left.setdefault(word.casefold(), []).append(at)
    found = []
    for word in words:
        if not left.get(word.casefold()):
            raise ValueError(f"“{word}” is missing from the other order")
        found.append(left[word.casefold()].pop(0))
    extra = [rest[0] for rest in left.values() if rest]
    if extra:
        raise ValueError(f"The other order has one “{other[extra[0]]}” more")
    return found


@dataclass(frozen=True, eq=False)
class Compared:
    """Outputs of a network for the same words in two orders.

    Args:
        one, two: (word, embed) float32, both in the first order: row for row the same word.
    """

    one: np.ndarray
    two: np.ndarray

    @property
    def difference(self) -> np.ndarray:
        """Difference of the outputs: (word, embed) float32."""
        return self.two - self.one

    @property
    def largest(self) -> float:
        """The largest difference of any value."""
        return float(np.abs(self.difference).max())

    @property
    def same(self) -> bool:
        """True if the outputs differ by no more than rounding."""
        return self.largest < 1e-4


@torch.inference_mode()
def compare(model: nn.Module, vectors: Tensor, order: Sequence[int], positions: Tensor) -> Compared:
    """Compare the outputs of blocks for both orders of words.

    Args:
        model: reads and gives (batch, seq, embed).
        vectors: (word, embed) float32 in the first order.
        order: for each word, its place in the other order (see `places`).
        positions: (place, embed), added to whatever stands there.
    """
    places = torch.tensor(order)
    other = torch.empty_like(vectors)
    other[places] = vectors
    one = model((vectors + positions[: len(vectors)])[None])[0]
    two = model((other + positions[: len(vectors)])[None])[0]
    return Compared(one.numpy(), two[places].numpy())
