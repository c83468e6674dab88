"""Values that a session computes once, and keeps while what they depend on stays the same."""

from collections.abc import Callable
from typing import TypeVar

import streamlit as st

Value = TypeVar("Value")


def compute_once(key: str, depends_on: tuple[object, ...], compute: Callable[[], Value]) -> Value:
    """The value of `compute()`; computed again only where `depends_on` has changed.

    Args:
        key: in the session's state; a new value takes the place of the last one.
        depends_on: all that decides the value. Networks are compared by identity.
    """
    kept = st.session_state.get(key)
    if kept is None or kept[0] != depends_on:
        kept = st.session_state[key] = depends_on, compute()
    return kept[1]
