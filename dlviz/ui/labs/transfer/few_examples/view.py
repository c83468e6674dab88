"""The view itself, from top to bottom."""

from __future__ import annotations

import streamlit as st

from dlviz.training.runs import service
from dlviz.ui.labs.transfer.few_examples.controls import choose_examples, choose_layer
from dlviz.ui.labs.transfer.few_examples.curve import show_curve
from dlviz.ui.labs.transfer.few_examples.lanes import show_lanes
from dlviz.ui.labs.transfer.few_examples.panels import show_panels
from dlviz.ui.labs.transfer.few_examples.pictures import show_examples
from dlviz.ui.labs.transfer.state import LAB, State


def show(state: State) -> None:
    """Choose the examples, train four networks on them, and measure how the number of examples matters."""
    if LAB.just_opened():
        service.shared().prepare()  # a worker gets ready while the learner reads
    left, right = st.columns([1, 2.9], gap="large")
    with left:
        choose_examples()
        choose_layer()
    with right:
        show_examples(state)
        lanes = show_lanes(state)
    show_curve(state)
    show_panels(lanes, state)
