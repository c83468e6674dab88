"""Series of the RNN lab: drawn from a seed, drawn by hand, or typed."""

from __future__ import annotations

import numpy as np
import streamlit as st

from dlviz.ui.components import events
from dlviz.ui.components.curve import curve
from dlviz.ui.labs.rnn import captions
from dlviz.ui.labs.rnn.sequence import unit_of
from dlviz.ui.labs.rnn.state import LAB, SERIES, State
from dlviz.ui.text_format.markdown import plain
from dlviz.ui.verdict import show_sentence
from dlviz.ui.widget_key import key_showing, read_fired

LENGTH = 64
CURVE, TYPED, LAST, UNIT = (f"{LAB}.{name}" for name in ("curve", "typed", "kept_series", "series_unit"))


def choose_series(state: State) -> np.ndarray | None:
    """The series (steps,) that is chosen, and the controls for it; None while there is none.

    A problem with what was typed is said in a sentence, and the last good series stays.
    """
    from dlviz.data.waves import BadSeries

    st.segmented_control(
        "Kind",
        list(SERIES),
        format_func=SERIES.__getitem__,
        required=True,
        key=LAB.key("kind"),
        label_visibility="collapsed",
        wrap=True,
        width="stretch",
    )
    if state.kind != "own":
        st.number_input("Seed", 0, 9999, key=LAB.key("seed"), help="Another seed draws another series.")
    try:
        values = st.session_state[LAST] = make_series(state)
    except BadSeries as problem:
        values = st.session_state.get(LAST)
        stays = "" if values is None else " Until then your last series stays."
        st.error(plain(f"{problem}{stays}"), icon=":material/show_chart:")
    shown = np.zeros(LENGTH, np.float32) if values is None else values
    unit = st.session_state[UNIT] = unit_of(shown)
    said = captions.series(shown)
    curve(CURVE, shown / unit, f"{SERIES[state.kind]}: {said}")
    if state.kind == "own" and values is not None:
        show_sentence(f"{LAB}.series_told", st.caption, said)
    with st.popover("Type numbers", icon=":material/keyboard:", key=f"{LAB}.type_numbers"):
        key = key_showing(TYPED, state.values)
        st.text_area("Your numbers", key=key, on_change=_take_typed, args=(key,), placeholder="0.1 0.3 0.2 …")
    return values


def make_series(state: State) -> np.ndarray:
    """The series (steps,) float32 of the state, in its own units; 64 values, but for the learner's own.

    Raises: BadSeries if the learner's own is none.
    """
    from dlviz.data import waves
    from dlviz.training.waves import TEST_SEED

    if state.kind != "own":  # from a seed that no training has used
        return waves.series(state.kind, 1, LENGTH, TEST_SEED + 1 + state.seed)[0].numpy()
    # Nothing written yet: the learner begins with a line, and draws on it.
    return waves.written(state.values).numpy() if state.values else np.zeros(LENGTH, np.float32)


def _take_typed(key: str) -> None:
    if (typed := read_fired(key)) is not None:
        LAB.update(values=typed.strip(), kind="own")


def take_drawing() -> None:
    """Make what was drawn on the curve since the last rerun the learner's own series."""
    match events.news(CURVE, "values"):
        case [[*values], int()] if _drawable(values):
            unit = st.session_state.get(UNIT, 1.0)  # of the series that it was drawn over
            text = " ".join(f"{value * unit:.3g}" for value in values)
            LAB.update(values=text, kind="own")


def _drawable(values: list[object]) -> bool:
    from dlviz.data.waves import LONGEST, SHORTEST

    numbers = all(isinstance(value, int | float) and abs(value) <= 1 for value in values)
    return SHORTEST <= len(values) <= LONGEST and numbers
