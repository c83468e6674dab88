"""Interpretable units of a character LSTM: those that follow something we can see, found by correlation.

Source: Karpathy, Johnson and Fei-Fei 2015, "Visualizing and Understanding Recurrent Networks", section 4.2.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from torch import nn

from dlviz.data import novels
from dlviz.models.unrolled import over_time
from dlviz.recurrence.reading import names
from dlviz.trace import trace

STRETCH = 8_000  # characters to look for a unit in
ENOUGH = 0.5  # of a correlation, on the stretch where no unit was looked for


def in_quotes(text: str) -> np.ndarray:
    """Mark quotations: (characters,) 1 from an opening quotation mark until its closing one, else 0."""
    marks = np.cumsum([character == '"' for character in text])
    return (marks % 2).astype(float)


def line_position(text: str) -> np.ndarray:
    """Count the characters of the line, up to and with each one: (characters,); 0 at the line's end."""
    return _count_since(text, lambda character: character == "\n")


def word_position(text: str) -> np.ndarray:
    """Count the letters of the word, up to and with each one: (characters,); 0 between words."""
    return _count_since(text, lambda character: not character.isalpha())


def _count_since(text: str, ends: Callable[[str], bool]) -> np.ndarray:
    counts, count = [], 0
    for character in text:
        count = 0 if ends(character) else count + 1
        counts.append(count)
    return np.array(counts, float)


FEATURES: dict[str, Callable[[str], np.ndarray]] = {
    "quotes": in_quotes,
    "line": line_position,
    "word": word_position,
}


@dataclass(frozen=True)
class Tracker:
    """Unit that follows a feature best.

    Args:
        unit: of the layer in which it was looked for.
        found, verified: the correlation on the stretch in which it was looked for, and on another.
    """

    feature: str
    unit: int
    found: float
    verified: float

    @property
    def tracks(self) -> bool:
        """True if it follows the feature also on the stretch where it was not looked for."""
        return abs(self.verified) >= ENOUGH and self.found * self.verified > 0


def states(model: nn.Module, text: str) -> np.ndarray:
    """Cell state of the last layer, its longer memory, after each character: (characters, hidden)."""
    _, record = trace(model, novels.encode(text)[None])
    return over_time(record, f"{names(model)[-1]}.cell")[0]


def correlations(hidden: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Pearson's correlation (units,) of each unit (characters, units) with values (characters,).

    A unit that never changes has 0.
    """
    units = hidden - hidden.mean(axis=0)
    values = values - values.mean()
    sizes = np.linalg.norm(units, axis=0) * np.linalg.norm(values)
    return np.divide(values @ units, sizes, out=np.zeros(units.shape[1]), where=sizes > 1e-9)


def trackers(model: nn.Module, text: str, other: str) -> dict[str, Tracker]:
    """Find for each feature the unit that follows it best in a text, and measure it again in another.

    Raises: ValueError for a text with characters that are not in the alphabet.
    """
    here, there = states(model, text), states(model, other)
    found = {}
    for name, feature in FEATURES.items():
        measured = correlations(here, feature(text))
        unit = int(np.abs(measured).argmax())
        again = correlations(there[:, [unit]], feature(other))[0]
        found[name] = Tracker(name, unit, float(measured[unit]), float(again))
    return found


def stretches() -> tuple[str, str]:
    """Texts to look for units in, and to measure again in: from the middle of one novel, and of the other."""
    here, there = (novels.chapters(novel) for novel in novels.NOVELS)
    one, other = ("".join(each[len(each) // 2 :])[:STRETCH] for each in (here, there))
    return one, other
