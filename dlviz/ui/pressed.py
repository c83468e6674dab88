"""A button whose press is not forgotten."""

from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator


def pressed(label: str, *, key: str, place: DeltaGenerator | None = None, **options: Any) -> bool:
    """Draw a button; true once after each press.

    `st.button` tells only the run that the press began, and forgets it where another report of the learner's
    ends that run before it has come as far as the button.
    """
    noted = f"{key}.pressed"
    (place or st).button(label, key=key, on_click=_note_press, args=(noted,), **options)
    return st.session_state.pop(noted, False)


def _note_press(noted: str) -> None:
    st.session_state[noted] = True
