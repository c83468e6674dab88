"""Controls that several views of the Training lab have: the view itself, and the axis of curves."""

import streamlit as st

from dlviz.training.analysis.history import AXES
from dlviz.ui.labs.training.state import LAB, VIEWS

AXIS_LABELS = {"step": "Steps", "epoch": "Epochs", "seconds": "Seconds"}


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


def choose_axis() -> None:
    """Offer what curves are drawn over."""
    st.segmented_control(
        "Curves over",
        list(AXES),
        format_func=AXIS_LABELS.__getitem__,
        required=True,
        key=LAB.key("axis"),
        label_visibility="collapsed",
    )
