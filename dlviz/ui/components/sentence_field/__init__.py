"""A field for a sentence: Enter reads it, Shift+Enter makes a line."""

from typing import Any

import streamlit as st

from dlviz.ui.components import load_component

_component = load_component("sentence_field")


def sentence_field(label: str, key: str, **options: Any) -> str:
    """Draw a text area that Enter sends, as people expect of a sentence; its text.

    Args:
        key: of the widget in the session's state.
        options: of `st.text_area`.
    """
    # The style sheet and the script know the field by its container.
    with st.container(key=f"sentence-field-{key}", gap=None):
        text = st.text_area(label, key=key, **options)
        _component(key=f"{key}.enter")
    return text or ""
