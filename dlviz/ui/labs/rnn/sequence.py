"""Sequence that the RNN lab's networks read: a digit's rows, a sentence's words or a series' values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from dlviz.ui.sentiment_results import CLASSIFIER
from dlviz.ui.server import model_cache
from dlviz.ui.text_format.quotes import quoted

if TYPE_CHECKING:
    from torch import Tensor

    from dlviz.ui.inputs.sentence import Sentence


@dataclass(frozen=True, eq=False)
class Sequence:
    """A sequence, step by step.

    Args:
        kind: digit, sentence or series.
        x: (steps, input) float32 as the networks get it.
        steps: name of each step: a row's number from 1, the word, a value's number from 1.
        unknown: steps with a word that no network has learnt.
        shown: the digit's pixels (28, 28) in [0, 1], or the series (steps,); nothing for words.
        unit: number by which a series is divided for the networks; they forecast in it.
    """

    kind: str
    x: np.ndarray
    steps: tuple[str, ...]
    unknown: frozenset[int] = frozenset()
    shown: np.ndarray | None = None
    unit: float = 1.0

    @classmethod
    def from_digit(cls, pixels: np.ndarray) -> Sequence:
        """The 28 rows of a digit (28, 28) in [0, 1]."""
        import torch

        from dlviz.data.digits import normalise

        x = normalise(torch.from_numpy(np.ascontiguousarray(pixels, np.float32))[None])[0, 0].numpy()
        return cls("digit", x, tuple(f"row {row + 1}" for row in range(len(x))), shown=pixels)

    @classmethod
    def from_words(cls, sentence: Sentence) -> Sequence:
        """A sentence's words, at least one, as the classifier's vectors.

        Raises: BadWeights if the classifier's weights are missing or damaged.
        """
        import torch

        embedding = model_cache.trained(CLASSIFIER).get_submodule("embedding")
        with torch.inference_mode():
            x = embedding(torch.tensor(sentence.indices)).numpy()  # (words, embed)
        return cls("sentence", x, sentence.words, sentence.unknown)

    @classmethod
    def from_series(cls, values: np.ndarray) -> Sequence:
        """A series (steps,) in its own units; the networks get it within ±1, as those they learned from."""
        values, unit = np.ascontiguousarray(values, np.float32), unit_of(values)
        steps = tuple(f"value {step + 1}" for step in range(len(values)))
        return cls("series", values[:, None] / np.float32(unit), steps, shown=values, unit=unit)

    def __len__(self) -> int:
        """The number of steps."""
        return len(self.steps)

    @property
    def batch(self) -> Tensor:
        """(1, steps, input)."""
        import torch

        return torch.from_numpy(self.x[None])

    def step_name(self, step: int) -> str:
        """A step's name as it stands in a sentence: words in quotation marks."""
        return quoted(self.steps[step]) if self.kind == "sentence" else self.steps[step]


def unit_of(series: np.ndarray) -> float:
    """The largest size of a series' values (steps,); 1 where none goes beyond it."""
    return max(1.0, float(np.abs(series).max()))
