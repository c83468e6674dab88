"""Keys of widgets whose value is changed by other things than the learner's hand.

The browser keeps what a widget held when it was last on screen, and sends it with every message, also out of
a closed popover and before it has heard of a newer value. Written over in the session, such a widget fires
once more, with the old value. A widget under a new key cannot: what the browser holds for the old one is
nobody's. Where another report ends the run that made the new key before the widget was drawn, the old one
still fires, without a value: `read_fired` gives None then.
"""

from typing import Any

import streamlit as st

ABSENT = object()  # no widget holds it


def key_showing(name: str, value: object) -> str:
    """The key of a widget that is to show a value: a new one if anything but the widget has changed it.

    Args:
        name: what the keys begin with; the first one is the name itself.
    """
    count = f"{name}.renewed"
    if count not in st.session_state:
        st.session_state[count] = 0
    elif st.session_state.get(_numbered(name), ABSENT) != value:
        st.session_state.pop(_numbered(name), None)
        st.session_state[count] += 1
    st.session_state[_numbered(name)] = value
    return _numbered(name)


def read_fired(key: str) -> Any:
    """The value of a widget that has fired, in its callback; None if its key is nobody's any more."""
    return st.session_state.get(key)


def _numbered(name: str) -> str:
    count = st.session_state[f"{name}.renewed"]
    return f"{name}.{count}" if count else name
