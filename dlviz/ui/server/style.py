"""The few rules of layout that Streamlit's theme has no name for."""

import streamlit as st

from dlviz.paths import ASSETS


def apply() -> None:
    """Put the app's style sheet on the page."""
    st.html(ASSETS / "style.css")
