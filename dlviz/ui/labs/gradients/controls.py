"""Controls of the Gradients lab: the networks, and the sequence that they read."""

from collections.abc import Mapping
from functools import partial
from typing import Any

import streamlit as st

from dlviz.ui.labs.gradients.state import BIASES, GAINS, HIDDEN, LAB, WEIGHTS, State, option_text


def choose() -> State:
    """Draw the controls; the state as they leave it."""
    _choose_number(
        "The LSTM’s forget bias",
        BIASES,
        "bias",
        "Added inside the forget gate’s σ, on a copy. “as it is”: as the weights have it.",
    )
    st.slider(
        "Length of the sequence", 2, 200, key=LAB.key("steps"), help="One symbol to remember, then noise."
    )
    weights = st.segmented_control(
        "Weights", list(WEIGHTS), format_func=WEIGHTS.__getitem__, required=True, key=LAB.key("weights")
    )
    if weights == "untrained":
        st.segmented_control(
            "Hidden units", list(HIDDEN.values()), required=True, key=LAB.key("hidden"), persist_state="page"
        )
    st.number_input("Seed", 0, 9999, key=LAB.key("seed"), help="Of the sequence, and of random weights.")
    _choose_number(
        "The RNN’s recurrent weights ×",
        GAINS,
        "gain",
        "Enlarged enough, its gradient explodes instead of vanishing.",
    )
    return LAB.read()


def _choose_number(label: str, options: Mapping[str, Any], field: str, help: str) -> None:
    st.select_slider(
        label,
        list(options.values()),
        format_func=partial(option_text, options),
        key=LAB.key(field),
        help=help,
    )
