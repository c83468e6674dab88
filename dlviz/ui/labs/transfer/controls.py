"""Controls that several views of the Transfer learning lab share: what is learned from what."""

import streamlit as st

from dlviz.ui.labs.transfer.few_examples.state import LARGEST_DRAW, TRANSFER_TITLES
from dlviz.ui.labs.transfer.state import LAB


def choose_transfer() -> None:
    """Offer the starts, and what is learned from each."""
    st.radio(
        "Trained on → learns",
        list(TRANSFER_TITLES),
        format_func=TRANSFER_TITLES.__getitem__,
        key=LAB.key("transfer"),
        help="The network on the left of the arrow is trained already; its layers are the start.",
    )


def choose_draw() -> None:
    """Offer other draws of the pictures that are learned from."""
    st.number_input(
        "Draw",
        0,
        LARGEST_DRAW,
        step=1,
        key=LAB.key("draw"),
        help="Another number draws other pictures, and other weights to begin with.",
    )
