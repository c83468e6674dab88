"""A learner's sentence as the words of the sentiment networks: short enough, with the unknown ones marked."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

import streamlit as st

if TYPE_CHECKING:
    from dlviz.data.sentiment import Vocabulary

CHARACTERS = 100_000  # of what is pasted, the most that is looked at


@dataclass(frozen=True)
class Sentence:
    """The words that are read, their indices, which of them are unknown, and what is to be said of that."""

    words: tuple[str, ...]
    indices: tuple[int, ...]
    unknown: frozenset[int]
    remark: str

    def __len__(self) -> int:
        """How many words are read."""
        return len(self.words)


@lru_cache(maxsize=1)
def vocabulary() -> Vocabulary:
    """The words that the networks have learnt.

    Raises: BadWeights if the file is missing.
    """
    from dlviz.data.sentiment import Vocabulary
    from dlviz.paths import WEIGHTS
    from dlviz.training.sentiment import VOCABULARY
    from dlviz.weights import BadWeights

    try:
        return Vocabulary.from_json((WEIGHTS / VOCABULARY).read_text(encoding="utf-8"))
    except OSError as error:
        raise BadWeights(
            f"The file {VOCABULARY} is missing: restore it from the project's repository."
        ) from error


def read(text: str, limit: int, known: Vocabulary | None = None) -> Sentence:
    """The first `limit` words of a text, and one sentence on what was left out or is unknown.

    Args:
        known: the words that the network has learnt; without it those of the sentiment networks.
    """
    from dlviz.data.sentiment import tokenise

    known = vocabulary() if known is None else known
    every = tokenise(text[:CHARACTERS])
    words = every[:limit]
    indices = known.encode(words)
    unknown = frozenset(at for at, word in enumerate(words) if word not in known)
    remark = _remark(len(every), len(words), len(unknown), len(text) > CHARACTERS)
    return Sentence(tuple(words), tuple(indices), unknown, remark)


def kept(lab: str, now: Sentence, reader: str = "") -> Sentence:
    """The sentence; where it has no word, the last one that had, so that its picture stays.

    Args:
        reader: whose words they are: another network's indices mean other words.
    """
    key = f"{lab}.kept.{reader}"
    if len(now):
        st.session_state[key] = now
    if len(now) or key not in st.session_state:
        return now
    return replace(st.session_state[key], remark=f"{now.remark} Until then your last one stays.")


def link(text: str, limit: int) -> str:
    """As much of a text as is read, for an address."""
    return " ".join(text.split()[:limit])[:3000]


def _remark(every: int, read: int, unknown: int, cut: bool) -> str:
    if not every:
        return "There is no word to read: write a sentence."
    parts = []
    if every > read:
        parts.append(f"Of your {'more than ' if cut else ''}{every:,} words the first {read} are read.")
    if unknown == read:
        parts.append("None of these words is known: all of them look the same to the network.")
    elif unknown:
        parts.append(f"{unknown} of {read} words {'is' if unknown == 1 else 'are'} unknown to the network.")
    return " ".join(parts)
