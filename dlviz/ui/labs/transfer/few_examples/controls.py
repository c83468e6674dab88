"""Controls of the view: what is learned from what, from how many pictures, and how much is unfrozen."""

import streamlit as st

from dlviz.training.examples_curve import COUNTS
from dlviz.ui.labs.transfer.controls import choose_draw, choose_transfer
from dlviz.ui.labs.transfer.few_examples.state import LAYERS
from dlviz.ui.labs.transfer.state import LAB


def choose_examples() -> None:
    """Offer the transfer, and the pictures to learn from."""
    choose_transfer()
    st.segmented_control(
        "Examples of each class",
        COUNTS,
        required=True,
        key=LAB.key("examples"),
        help="All that the networks learn from. They are tested on thousands of other pictures.",
    )
    choose_draw()


def choose_layer() -> None:
    """Offer the first layer of the frozen way that learns."""
    st.select_slider(
        "Frozen way: unfreeze from",
        list(LAYERS),
        format_func=LAYERS.__getitem__,
        key=LAB.key("unfreeze"),
        help="This layer and those after it learn; those before it stay as they were trained.",
    )
