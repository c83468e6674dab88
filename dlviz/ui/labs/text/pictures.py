"""The text's way through the network, drawn in the browser."""

from collections.abc import Mapping

import numpy as np
import streamlit as st

from dlviz.ui.components import events, load_component
from dlviz.ui.components.wire_format import half, pack
from dlviz.ui.labs.text.forward import Run
from dlviz.ui.labs.text.state import LAB, WORDS, put

KEY = f"{LAB}.flow"

_component = load_component("flow")


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
    _component(key=KEY, data=message(run, word), on_word_change=events.heard)


def message(run: Run, word: int) -> bytes:
    """The bytes of a run: strips in half precision, what is read off in single."""
    sentence = run.sentence
    header = {
        "words": sentence.words,
        "indices": sentence.indices,
        "unknown": sorted(sentence.unknown),
        "word": word,
        "classes": run.network.classes,
        "alt": alternative(run),
    }
    strips = {"vectors": run.vectors, "forward": run.forward, "backward": run.backward}
    exact = {"parts": run.parts, "logits": run.logits, "probabilities": run.probabilities}
    arrays = {name: half(values) for name, values in strips.items()}
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
