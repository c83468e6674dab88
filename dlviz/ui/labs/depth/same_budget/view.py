"""Same budget, six depths: a view of the Depth lab."""

import streamlit as st

from dlviz.ui.labs.depth.state import State


def show(state: State) -> None:
    """TO BE WRITTEN."""
    st.write(state)
