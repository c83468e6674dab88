"""Fields of the Race lab's state for the view Stress tests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dlviz.ui import fields
from dlviz.ui.labs.race.pairs import PairFields

STRESS_TITLES = {
    "moved": "Moved",
    "hidden": "Patches hidden",
    "noise": "Noise",
    "turned": "Turned",
    "shuffled": "Patches shuffled, learned again",
}
WIDE = 0.05  # difference of two shares of the test pictures that is called large
# Who loses more: title, key of the loser or “even”, and True if by more than WIDE.
OUTCOMES = {
    "cnn-far": ("The CNN, by more than 5 points", "cnn", True),
    "cnn": ("The CNN, by 5 points or less", "cnn", False),
    "even": ("Neither: it may be luck", "even", False),
    "transformer": ("The transformer, by 5 points or less", "transformer", False),
    "transformer-far": ("The transformer, by more than 5 points", "transformer", True),
}


def read_guesses(text: str) -> Mapping[str, str]:
    """Read guesses, stress -> a key of OUTCOMES, from a text such as `moved:cnn.hidden:even`.

    Raises: ValueError for anything else.
    """
    guesses = dict(part.split(":", 1) for part in text.split("."))
    if not (guesses.keys() <= STRESS_TITLES.keys() and set(guesses.values()) <= OUTCOMES.keys()):
        raise ValueError(text)
    return guesses


def write_guesses(guesses: Mapping[str, str]) -> str:
    """The text that `read_guesses` reads."""
    return ".".join(f"{stress}:{guess}" for stress, guess in guesses.items())


def _read_stresses(text: str) -> tuple[str, ...]:
    stresses = tuple(text.split("."))
    if not STRESS_TITLES.keys() >= {*stresses}:
        raise ValueError(text)
    return stresses


@dataclass(frozen=True)
class StressFields(PairFields):
    """A stress test, and those whose results are shown.

    Args:
        stress: a key of STRESS_TITLES.
        stress_shown: keys of STRESS_TITLES.
        stress_guesses: stress -> a key of OUTCOMES, which was expected; in older links alone.
    """

    stress: str = fields.choice(STRESS_TITLES, "moved")
    stress_shown: Sequence[str] = fields.coded((), _read_stresses, ".".join)
    stress_guesses: Mapping[str, str] = fields.coded({}, read_guesses, write_guesses)
