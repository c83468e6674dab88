"""A button whose press is not forgotten."""

from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator


def pressed(label: str, *, key: str, place: DeltaGenerator | None = None, **options: Any) -> bool:
    """Draw a button; true once after each press.

    `st.button` tells only the run that the press began, and forgets it where another report of the learner's
    ends that run before it has come as far as the button.
    """
    (place or st).button(label, key=key, on_click=_keep, args=(key,), **options)
    return st.session_state.pop(_kept(key), False)


def _keep(key: str) -> None:
    st.session_state[_kept(key)] = True


def _kept(key: str) -> str:
    return f"{key}.pressed"
