"""Sentences about one digit in four networks."""

from __future__ import annotations

import numpy as np

from dlviz.ui.one_digit.forward import SIDE, UNITS, ForwardPass
from dlviz.ui.one_digit.readers import READERS
from dlviz.ui.text_format.numbers import percent, probability

INVITATION = "Draw a digit: four networks read it while you draw."
GOES_ALONG = "Your digit goes along into the lab of each network."
# Of each network's picture, in the order of READERS.
SHOWN = (
    "16 strongest maps of ReLU 2",
    "hidden state after each row",
    "hidden state after each row",
    "attention on the patches",
)


def with_article(digit: int) -> str:
    """A digit as it is said: a 7, an 8."""
    return f"an {digit}" if digit == 8 else f"a {digit}"


def agreement(passed: ForwardPass) -> str:
    """One sentence on what the networks read, the answer of most of them first."""
    groups: dict[int, list[str]] = {}
    for reader, answer in zip(READERS, passed.answers, strict=True):
        groups.setdefault(answer, []).append(reader.subject)
    if len(groups) == 1:
        best = passed.probabilities.max(axis=1)
        least = int(best.argmin())
        return (
            f"All four read {with_article(passed.answers[0])}. Least sure is {READERS[least].subject}, "
            f"with {probability(float(best[least]))}."
        )
    said = [
        f"{listed(names)} {'reads' if len(names) == 1 else 'read'} {with_article(answer)}"
        for answer, names in sorted(groups.items(), key=lambda group: -len(group[1]))
    ]
    return f"They disagree: {', '.join(said)}."


def listed(names: list[str]) -> str:
    """Names in a sentence, the last after “and”."""
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))


def alternatives(passed: ForwardPass) -> list[str]:
    """For each network's picture a text alternative, with what is to be seen in it now."""
    strongest = ", ".join(map(str, passed.channels[:3]))
    row, column = np.unravel_index(passed.attention.argmax(), passed.attention.shape)
    return [
        f"The 16 strongest of its maps after the second convolution and ReLU; first come maps {strongest}.",
        *(_hidden(hidden) for hidden in passed.hidden),
        f"{SIDE} by {SIDE} patches, darker where the class token looks more in the last block: most at row "
        f"{row + 1}, column {column + 1}, {percent(float(passed.attention.max()))} of its attention.",
    ]


def _hidden(hidden: np.ndarray) -> str:
    """A text alternative of hidden (row, unit)."""
    change = np.abs(np.diff(hidden, axis=0)).mean(axis=1)
    return (
        f"Its {UNITS} largest hidden units, from left to right, after each of the 28 rows, from top to "
        f"bottom. They change most at row {int(change.argmax()) + 2}."
    )
