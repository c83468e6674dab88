"""Controls that several views of the Training lab share: the view itself, and how curves are drawn."""

import streamlit as st

from dlviz.training.analysis.history import AXES
from dlviz.training.runs import service
from dlviz.ui.inputs import digit
from dlviz.ui.labs.training.state import LAB, MOST_SMOOTHING

AXIS_LABELS = {"step": "Steps", "epoch": "Epochs", "seconds": "Seconds"}


def prepare_lab() -> None:
    """Tell the pad anew and wake a worker, which gets ready while the learner reads, on a lab just opened."""
    if LAB.just_opened():
        digit.forget(LAB)
        service.shared().prepare()


def choose_curves() -> None:
    """Offer what curves are drawn over, and how many batches their median spans."""
    with st.container(horizontal=True, vertical_alignment="center", gap="large"):
        st.segmented_control(
            "Curves over",
            list(AXES),
            format_func=AXIS_LABELS.__getitem__,
            required=True,
            key=LAB.key("axis"),
            label_visibility="collapsed",
            width="content",
        )
        st.slider(
            "Smoothing: median of … batches",
            1,
            MOST_SMOOTHING,
            key=LAB.key("smoothing"),
            width=260,
            help="The thick line is the median of so many batches, of one epoch at the most; 1 is each batch "
            "itself. The faint points stay what they are.",
        )
