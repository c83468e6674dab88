"""A series of numbers: drawn from a seed, drawn by hand, or typed."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import streamlit as st

from dlviz.ui.components import events, load_component
from dlviz.ui.components.wire_format import pack
from dlviz.ui.labs.rnn.state import LAB, SERIES, get, put
from dlviz.ui.text_format.markdown import plain

LENGTH = 64
CURVE = f"{LAB}.curve"
KEPT = f"{LAB}.kept_series"

_component = load_component("curve")


def current() -> np.ndarray | None:
    """The series (steps,) and the controls for it.

    A problem with what was typed is said in a sentence, and the last good series stays.
    """
    from dlviz.data.waves import BadSeries

    if get("kind") != "own":
        st.number_input("Seed", 0, 9999, key=f"{LAB}.seed", help="Another seed draws another series.")
    try:
        values = st.session_state[KEPT] = _values()
    except BadSeries as problem:
        values = st.session_state.get(KEPT)
        stays = "" if values is None else " Until then your last series stays."
        st.error(plain(f"{problem}{stays}"), icon=":material/show_chart:")
    _curve(np.zeros(LENGTH, np.float32) if values is None else values)
    with st.popover("Type numbers", icon=":material/keyboard:"):
        st.session_state.setdefault(f"{LAB}.typed", get("values"))
        st.text_area("Your numbers", key=f"{LAB}.typed", on_change=_take_typed, placeholder="0.1 0.3 0.2 …")
    return values


def drawn(kind: str, seed: int) -> np.ndarray:
    """A series (64,) of a kind, from a seed that no training has used."""
    from dlviz.data import waves
    from dlviz.training.waves import TEST_SEED

    return waves.series(kind, 1, LENGTH, TEST_SEED + 1 + seed)[0].numpy()


def _values() -> np.ndarray:
    from dlviz.data import waves

    if get("kind") != "own":
        return drawn(get("kind"), get("seed"))
    # Nothing written yet: the learner begins with a line, and draws on it.
    return waves.written(get("values")).numpy() if get("values") else np.zeros(LENGTH, np.float32)


def _take_typed() -> None:
    put("values", st.session_state[f"{LAB}.typed"].strip())
    put("kind", "own")


def _curve(values: np.ndarray) -> None:
    alt = f"{SERIES[get('kind')]}: {len(values)} values from {values.min():.3g} to {values.max():.3g}."
    data = pack({"alt": alt}, {"values": values.astype(np.float32)})
    _component(key=CURVE, data=data, on_values_change=events.heard)


def take() -> None:
    """Put what was drawn since the last run into the lab's state."""
    state, seen = st.session_state.get(CURVE), f"{CURVE}.seen"
    report = state.get("values") if isinstance(state, Mapping) else None
    if report == st.session_state.get(seen):
        return
    st.session_state[seen] = report
    match report:
        case [[*values], int()] if _drawable(values):
            text = " ".join(f"{value:.3g}" for value in values)
            put("values", text)
            put("kind", "own")
            st.session_state[f"{LAB}.typed"] = text


def _drawable(values: list[object]) -> bool:
    from dlviz.data.waves import LONGEST, SHORTEST

    numbers = all(isinstance(value, int | float) and abs(value) <= 1 for value in values)
    return SHORTEST <= len(values) <= LONGEST and numbers
