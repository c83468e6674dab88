"""Vectors for words where none have been learned."""

from collections.abc import Sequence

from torch import Tensor

from dlviz.attention.order import word_vectors


def random_vectors(words: Sequence[str], size: int, seed: int) -> Tensor:
    """Random vectors of words, as `word_vectors` draws them, upper and lower case alike: (1, word, size)."""
    return word_vectors([word.lower() for word in words], size, seed)[None]
