"""Which unit of a character LSTM follows something that we can see, found by measured correlation."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from torch import nn

from dlviz.data import novels
from dlviz.models.unrolled import over_time
from dlviz.recurrence.reading import names
from dlviz.trace import trace

STRETCH = 8_000  # characters to look for a unit in
ENOUGH = 0.5  # of a correlation, on the stretch that was not looked at


def in_quotes(text: str) -> np.ndarray:
    """(characters,) 1 from an opening quotation mark until its closing one, else 0."""
    marks = np.cumsum([character == '"' for character in text])
    return (marks % 2).astype(float)


def line_position(text: str) -> np.ndarray:
    """(characters,) how many characters the line has had, up to and with this one; 0 at its end."""
    return _count_since(text, lambda character: character == "\n")


def word_position(text: str) -> np.ndarray:
    """(characters,) how many letters the word has had, up to and with this one; 0 between words."""
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
    """The unit that follows a feature best.

    Args:
        unit: of the LSTM's last cell state.
        found, verified: the correlation on the stretch in which it was looked for, and on another.
    """

    feature: str
    unit: int
    found: float
    verified: float

    @property
    def tracks(self) -> bool:
        """Whether it follows the feature also where it was not looked for."""
        return abs(self.verified) >= ENOUGH and self.found * self.verified > 0


def states(model: nn.Module, text: str) -> np.ndarray:
    """(characters, hidden), the last layer's cell state after each character: its longer memory."""
    _, record = trace(model, novels.encode(text)[None])
    return over_time(record, f"{names(model)[-1]}.cell")[0]


def correlations(hidden: np.ndarray, values: np.ndarray) -> np.ndarray:
    """(units,) Pearson's correlation of each unit (characters, units) with values (characters,).

    A unit that never changes has 0.
    """
    units = hidden - hidden.mean(axis=0)
    values = values - values.mean()
    sizes = np.linalg.norm(units, axis=0) * np.linalg.norm(values)
    return np.divide(values @ units, sizes, out=np.zeros(units.shape[1]), where=sizes > 1e-9)


def trackers(model: nn.Module, text: str, other: str) -> dict[str, Tracker]:
    """For each feature the unit that follows it best in a text, measured again in another.

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
    """Where to look for units, and where to measure again: from the middle of one novel, and of the other."""
    here, there = (novels.chapters(novel) for novel in novels.NOVELS)
    one, other = ("".join(each[len(each) // 2 :])[:STRETCH] for each in (here, there))
    return one, other
