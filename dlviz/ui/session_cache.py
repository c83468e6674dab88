"""Values that a session computes once, and keeps while what they depend on stays the same."""

from collections.abc import Callable
from typing import TypeVar

import streamlit as st

Value = TypeVar("Value")


def is_computed(key: str, depends_on: tuple[object, ...]) -> bool:
    """True if `compute_once` would give the value that is kept."""
    kept = st.session_state.get(key)
    return kept is not None and kept[0] == depends_on


def compute_once(key: str, depends_on: tuple[object, ...], compute: Callable[[], Value]) -> Value:
    """The value of `compute()`; computed again only where `depends_on` has changed.

    Args:
        key: in the session's state; a new value takes the place of the last one.
        depends_on: all that decides the value. Networks are compared by identity.
    """
    if not is_computed(key, depends_on):
        st.session_state[key] = depends_on, compute()
    return st.session_state[key][1]
