"""Letter frequencies of the novels: what a network that predicts characters must do better than.

Source: Shannon 1951, "Prediction and Entropy of Printed English".
"""

from functools import cache

import numpy as np

from dlviz.data import novels


@cache
def single_bits() -> np.ndarray:
    """Surprise of each character, by how often it occurs in the training text: (alphabet,) bits."""
    counts = np.bincount(_learned(), minlength=len(novels.ALPHABET)) + 1  # none is impossible
    return -np.log2(counts / counts.sum())


@cache
def pair_bits() -> np.ndarray:
    """Surprise of each character after each other one, by the training text's pairs: (before, after) bits."""
    size, learned = len(novels.ALPHABET), _learned()
    counts = np.bincount(learned[:-1] * size + learned[1:], minlength=size**2).reshape(size, size) + 1
    return -np.log2(counts / counts.sum(axis=1, keepdims=True))


def costs(text: str, start: int = 1) -> tuple[float, float]:
    """Mean bits of a text's characters by single letters and by letter pairs.

    Args:
        text: in the alphabet.
        start: of the first character that counts, at least 1.
    """
    indices = novels.encode(text).numpy()
    single = single_bits()[indices[start:]].mean()
    pairs = pair_bits()[indices[start - 1 : -1], indices[start:]].mean()
    return float(single), float(pairs)


@cache
def held_out_costs() -> tuple[float, float]:
    """Mean bits of the held-out chapters by single letters and by letter pairs."""
    return costs(novels.parts()[1])


@cache
def _learned() -> np.ndarray:
    """The training text's indices, (characters,) int64."""
    places = np.zeros(128, np.int64)
    places[np.frombuffer(novels.ALPHABET.encode("ascii"), np.uint8)] = range(len(novels.ALPHABET))
    return places[np.frombuffer(novels.parts()[0].encode("ascii"), np.uint8)]
