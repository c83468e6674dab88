"""A learner's sentence as the words of the sentiment networks: short enough, with the unknown ones marked."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

import streamlit as st

if TYPE_CHECKING:
    from dlviz.data.sentiment import Vocabulary
    from dlviz.ui.lab import Lab

CHARACTERS = 100_000  # of what is pasted, the most that is looked at
LETTERS = 24  # of a word that a sentence names
LISTED = 8  # characters that were dropped
VOCABULARY = "real_sentiment_vocabulary.json"  # of the networks that learned from rated sentences
NO_WORD = "There is no word to read: write a sentence."


@dataclass(frozen=True)
class Sentence:
    """The words of a text that are read.

    Args:
        indices: of the words in the vocabulary.
        unknown: the places of the words that the network does not know.
        every: how many words the text has; of one that is too long, those in its first CHARACTERS.
        too_long: the text has more than CHARACTERS.
        dropped: its characters that are in no word, such as brackets.
        stale: these are the words of an earlier text, since the learner's has none.
    """

    words: tuple[str, ...]
    indices: tuple[int, ...]
    unknown: frozenset[int]
    every: int
    too_long: bool = False
    dropped: tuple[str, ...] = ()
    stale: bool = False

    def __len__(self) -> int:
        """The number of words that are read."""
        return len(self.words)

    @property
    def shortened(self) -> bool:
        """True if words were left out at the end."""
        return self.every > len(self)

    @property
    def remark(self) -> str:
        """A note to the learner on what was left out or is unknown; "" where there is nothing to say."""
        if self.stale:
            return f"{NO_WORD} Until then your last one stays."
        if not len(self):
            return NO_WORD
        read, unknown, parts = len(self), len(self.unknown), []
        if self.shortened:
            more = "more than " if self.too_long else ""
            parts.append(f"Of your {more}{self.every:,} words the first {read} are read.")
        if unknown == read:
            parts.append("None of these words is known: all of them look the same to the network.")
        elif unknown:
            are = "is" if unknown == 1 else "are"
            parts.append(f"{unknown} of {read} words {are} unknown to the network.")
        if self.dropped:
            more = " …" if len(self.dropped) > LISTED else ""
            parts.append(f"Not read, since it belongs to no word: {' '.join(self.dropped[:LISTED])}{more}")
        return " ".join(parts)


@lru_cache(maxsize=1)
def vocabulary() -> Vocabulary:
    """The words that the networks have learnt.

    Raises: BadWeights if the file is missing.
    """
    from dlviz.data.sentiment import Vocabulary
    from dlviz.paths import WEIGHTS
    from dlviz.weights import BadWeights

    try:
        return Vocabulary.from_json((WEIGHTS / VOCABULARY).read_text(encoding="utf-8"))
    except OSError as error:
        raise BadWeights(
            f"The file {VOCABULARY} is missing: restore it from the project's repository."
        ) from error


def read(text: str, limit: int, known: Vocabulary | None = None) -> Sentence:
    """The first `limit` words of a text.

    Args:
        known: the words that the network has learnt; without it those of the sentiment networks.
    """
    from dlviz.data.sentiment import fallen_away, tokenise

    known = vocabulary() if known is None else known
    looked_at = text[:CHARACTERS]
    every = tokenise(looked_at)
    words = every[:limit]
    indices = known.encode(words)
    unknown = frozenset(at for at, word in enumerate(words) if word not in known)
    return Sentence(
        tuple(words),
        tuple(indices),
        unknown,
        len(every),
        too_long=len(text) > CHARACTERS,
        dropped=tuple(fallen_away(looked_at)),
    )


def shorten_word(word: str) -> str:
    """A word as a sentence names it: of a very long one the beginning."""
    return word if len(word) <= LETTERS else f"{word[: LETTERS - 2]}…"


def kept(lab: Lab, now: Sentence, reader: str = "") -> Sentence:
    """The sentence; where it has no word, the last one that had, so that its picture stays.

    Args:
        reader: whose words they are: another network's indices mean other words.
    """
    key = f"{lab}.kept.{reader}"
    if len(now):
        st.session_state[key] = now
    if len(now) or key not in st.session_state:
        return now
    return replace(st.session_state[key], stale=True)


def link(text: str, limit: int) -> str:
    """As much of a text as is read, for an address."""
    return " ".join(text.split()[:limit])[:3000]
