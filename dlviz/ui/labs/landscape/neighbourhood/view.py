"""A neighbourhood: a view of the Loss landscape lab."""

import streamlit as st

from dlviz.ui.labs.landscape.state import State


def show(state: State) -> None:
    """TO BE WRITTEN."""
    st.write(state)
