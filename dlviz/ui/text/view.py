"""The text's way through the network, and its words' contributions, drawn in the browser."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from dlviz.ui.components import load
from dlviz.ui.payload import pack
from dlviz.ui.text.run import CLASSES, Run
from dlviz.ui.text.state import LAB, WORDS, put

if TYPE_CHECKING:
    from dlviz.ui.sentence import Sentence

KEY = f"{LAB}.flow"

_flow = load("flow", "payload", "colour", "canvas", "words")
_marks = load("marks", "payload", "colour", "words")


def take() -> None:
    """Put the word that the learner has chosen since the last run into the lab's state."""
    state, seen = st.session_state.get(KEY), f"{KEY}.word.seen"
    report = state.get("word") if isinstance(state, Mapping) else None
    if report == st.session_state.get(seen):
        return
    st.session_state[seen] = report
    match report:
        case [int(word), int()] if 0 <= word < WORDS:
            put("word", word)


def flow(run: Run, word: int) -> None:
    """Draw the run; the word that is chosen there comes with the next one."""
    _flow(key=KEY, data=message(run, word), on_word_change=_heard)


def _heard() -> None:
    """Streamlit keeps only what has a callback; the run that follows does the rest."""


def message(run: Run, word: int) -> bytes:
    """The bytes of a run: strips in half precision, what is read off in single."""
    sentence = run.sentence
    header = {
        "words": sentence.words,
        "indices": sentence.indices,
        "unknown": sorted(sentence.unknown),
        "word": word,
        "classes": CLASSES,
        "alt": alternative(run),
    }
    strips = {"vectors": run.vectors, "forward": run.forward, "backward": run.backward}
    exact = {"parts": run.parts, "logits": run.logits, "probabilities": run.probabilities}
    arrays = {name: values.astype(np.float16) for name, values in strips.items()}
    return pack(header, arrays | {name: values.astype(np.float32) for name, values in exact.items()})


def alternative(run: Run) -> dict[str, str]:
    """The strips in words."""
    count = len(run.sentence)
    moved = {
        "forward": np.abs(np.diff(run.forward, axis=0, prepend=0)).mean(axis=1),
        "backward": np.abs(np.diff(run.backward, axis=0, append=0)).mean(axis=1),
    }
    most = {way: run.sentence.words[int(change.argmax())] for way, change in moved.items()}
    return {
        "vectors": f"{count} words, each a vector of {run.vectors.shape[1]} numbers.",
        "forward": f"The forward state after each of {count} words; “{most['forward']}” changes it most.",
        "backward": f"The backward state after each of {count} words; “{most['backward']}” changes it most.",
    }


def marks(key: str, sentence: Sentence, rows: Sequence[tuple[str, str, np.ndarray]]) -> None:
    """Words coloured by a number each, in rows of a title, a note and values (words,)."""
    described = [{"title": title, "note": note, "alt": _strongest(sentence, v)} for title, note, v in rows]
    arrays = {str(index): values.astype(np.float32) for index, (_, _, values) in enumerate(rows)}
    header = {"words": sentence.words, "unknown": sorted(sentence.unknown), "rows": described}
    _marks(key=key, data=pack(header, arrays))


def _strongest(sentence: Sentence, values: np.ndarray) -> str:
    parts = []
    if values.max() > 0:
        parts.append(f"most for praise: “{sentence.words[int(values.argmax())]}” with {values.max():.3g}")
    if values.min() < 0:
        parts.append(f"most for blame: “{sentence.words[int(values.argmin())]}” with {values.min():.3g}")
    return "; ".join(parts) or "no word changes anything"
