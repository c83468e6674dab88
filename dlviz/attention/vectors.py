"""Vectors for words where none have been learnt."""

import zlib
from collections.abc import Sequence

import torch
from torch import Tensor


def random_vectors(words: Sequence[str], size: int, seed: int) -> Tensor:
    """(1, word, size) from a normal distribution: the same word gets the same vector wherever it stands."""
    return torch.stack([_drawn(word.lower(), size, seed) for word in words])[None]


def _drawn(word: str, size: int, seed: int) -> Tensor:
    chance = torch.Generator().manual_seed(zlib.crc32(f"{seed} {word}".encode()))
    return torch.randn(size, generator=chance)
