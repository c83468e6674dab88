"""Controls of the Gradients lab: the networks, and the sequence that they read."""

from collections.abc import Mapping
from functools import partial
from typing import Any

import streamlit as st

from dlviz.ui.labs.gradients.state import BIASES, GAINS, HIDDEN, LAB, WEIGHTS, State, option_text


def choose_networks() -> None:
    """Draw the controls of the networks: weights, units, seed."""
    weights = st.segmented_control(
        "Weights", list(WEIGHTS), format_func=WEIGHTS.__getitem__, required=True, key=LAB.key("weights")
    )
    if weights == "untrained":
        st.segmented_control(
            "Hidden units", list(HIDDEN.values()), required=True, key=LAB.key("hidden"), persist_state="page"
        )
    st.number_input("Seed", 0, 9999, key=LAB.key("seed"), help="Of the sequence, and of random weights.")


def choose_changes() -> State:
    """Draw the sliders that move the curves, which stand right above them; the state as they leave it."""
    bias, steps, gain = st.columns(3, gap="medium")
    with bias:
        _choose_number(
            "The LSTM’s forget bias",
            BIASES,
            "bias",
            "Takes the place of the bias inside the forget gate’s σ, on a copy. “as it is”: as the weights "
            "have it.",
        )
    steps.slider(
        "Length of the sequence", 2, 200, key=LAB.key("steps"), help="One symbol to remember, then noise."
    )
    with gain:
        _choose_number(
            "The RNN’s recurrent weights ×",
            GAINS,
            "gain",
            "Enlarged enough, an untrained RNN’s gradient explodes instead of vanishing.",
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


def former_state(state: State) -> State | None:
    """The state that was on screen before the last change; None if nothing has been changed yet."""
    key = f"{LAB}.former"
    former, shown = st.session_state.get(key, (None, state))
    if shown != state:
        former = shown
    st.session_state[key] = former, state
    return former
