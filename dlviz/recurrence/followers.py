"""Units of a recurrent network that follow something we can name in what it reads, found by correlation.

Source: Karpathy, Johnson and Fei-Fei 2015, "Visualizing and Understanding Recurrent Networks", section 4.2.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pad_sequence

from dlviz.data import digits
from dlviz.interpretable_units import Tracker, correlations
from dlviz.trace import recording

# A negation as the tokeniser leaves it.
NEGATIONS = frozenset(
    {"not", "n't", "never", "no", "nobody", "nothing", "none", "neither", "hardly", "without"}
)


@dataclass(frozen=True, eq=False)
class Examples:
    """Sequences on which units are measured.

    Args:
        x: (batch, seq, input) float32; a shorter sequence is padded at its end, which changes no step before.
        read: (batch, seq) bool, true where a step is of the sequence.
        features: what a unit may follow -> its value at each step, (batch, seq) float.
    """

    x: Tensor
    read: np.ndarray
    features: Mapping[str, np.ndarray]


def digit_examples(images: Tensor) -> Examples:
    """Digits (batch, 28, 28) uint8, row by row: the ink in the row, the ink so far, and the rows read."""
    ink = images.float().sum(dim=2).numpy()
    rows = np.broadcast_to(np.arange(1.0, 29.0), ink.shape)
    features = {"row_ink": ink, "ink": ink.cumsum(axis=1), "rows": rows}
    return Examples(digits.normalise(images)[:, 0], np.ones(ink.shape, bool), features)


def sentence_examples(sentences: Sequence[Sequence[str]], vectors: Sequence[Tensor]) -> Examples:
    """Sentences word by word, each word with its vector (words, input): a negation has been read, or not."""
    x = pad_sequence(list(vectors), batch_first=True)
    read, negated = np.zeros(x.shape[:2], bool), np.zeros(x.shape[:2])
    for at, words in enumerate(sentences):
        read[at, : len(words)] = True
        negated[at, : len(words)] = np.cumsum([word in NEGATIONS for word in words]) > 0
    return Examples(x, read, {"negation": negated})


def series_examples(values: Tensor) -> Examples:
    """Series (batch, seq) float32, value by value: the value, and how much it differs from the one before."""
    x = values.numpy()
    features = {"value": x, "change": np.diff(x, axis=1, prepend=x[:, :1])}
    return Examples(values[:, :, None], np.ones(x.shape, bool), features)


def hidden_states(model: nn.Module, x: Tensor, layer: str) -> np.ndarray:
    """Hidden states (batch, seq, hidden) of a layer such as "lstm.0", for x (batch, seq, input)."""
    with torch.inference_mode(), recording() as kept:
        model(x)
    return torch.stack([kept[f"{layer}.hidden.{step}"] for step in range(x.shape[1])], dim=1).numpy()


def find_followers(model: nn.Module, layer: str, here: Examples, there: Examples) -> dict[str, Tracker]:
    """Find for each feature the unit that follows it best in some examples; measure it again in others."""
    states, others = (hidden_states(model, each.x, layer)[each.read] for each in (here, there))
    found = {}
    for name, values in here.features.items():
        measured = correlations(states, values[here.read])
        unit = int(np.abs(measured).argmax())
        again = correlations(others[:, [unit]], there.features[name][there.read])[0]
        found[name] = Tracker(name, unit, float(measured[unit]), float(again))
    return found
