"""The text as it is written, drawn in the browser, where characters follow without asking the server."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import streamlit as st

from dlviz.data import novels
from dlviz.ui.components import load
from dlviz.ui.generate.run import Run
from dlviz.ui.generate.state import LAB, LONGEST, get, put
from dlviz.ui.payload import pack

KEY = f"{LAB}.typed"

_component = load("typed", "payload", "colour")


def take() -> None:
    """Put the place that the learner has come to rest on since the last run into the lab's state."""
    state, seen = st.session_state.get(KEY), f"{KEY}.at.seen"
    report = state.get("at") if isinstance(state, Mapping) else None
    if report == st.session_state.get(seen):
        return
    st.session_state[seen] = report
    match report:
        case [int(at), int()] if 0 <= at < LONGEST:
            put("at", at)


def typed(current: Run) -> None:
    """Draw the text; the place that is looked at comes with the next run."""
    _component(key=KEY, data=message(current), on_at_change=_heard)


def _heard() -> None:
    """Streamlit keeps only what has a callback; the run that follows does the rest."""


def place(current: Run) -> int:
    """The written character that is looked at: the learner's if it is there, else the last."""
    count = len(current.generated.text)
    return get("at") if 0 <= get("at") < count else count - 1


def message(current: Run) -> bytes:
    """The bytes of a text: what is read off in single precision, what is only marked in half."""
    generated = current.generated
    lit = np.zeros(0) if current.unit is None else generated.cell[:, current.unit]
    header = {
        "prompt": generated.prompt,
        "text": generated.text,
        "alphabet": novels.ALPHABET,
        "at": place(current),
        "lit": current.unit is not None,
    }
    arrays = {
        "raw": generated.raw.astype(np.float16),  # only marked, not read off
        "drawn": generated.drawn.astype(np.float32),
        "lit": lit.astype(np.float32),
        "bits": np.nan_to_num(generated.bits).astype(np.float32),
    }
    return pack(header, arrays)
