"""The control that the views of the Transfer learning lab share: the view itself."""

import streamlit as st

from dlviz.ui.labs.transfer.state import LAB, VIEWS


def choose_view() -> None:
    """Offer the lab's views."""
    st.segmented_control(
        "View",
        list(VIEWS),
        format_func=VIEWS.__getitem__,
        required=True,
        key=LAB.key("view"),
        label_visibility="collapsed",
    )
