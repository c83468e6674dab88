"""What the learner does to the networks while they read."""

import streamlit as st

from dlviz.ui.labs.rnn.forward import start_of
from dlviz.ui.labs.rnn.inputs import Sequence
from dlviz.ui.labs.rnn.state import INTERVENTIONS, LAB, get

HELP = {
    "forget": "At 0 the LSTM forgets all it knew with every step; at 1 it keeps everything.",
    "silence": "The selected unit's hidden state is 0 from that step on.",
    "cut": "Hidden and cell states are 0 after that step: the networks begin anew.",
}
SWAPS = {
    "sentence": "Another word at one step.",
    "digit": "One row without ink.",
    "series": "One value is 0.",
}


def controls(sequence: Sequence) -> None:
    """Which intervention, where it begins, and what it needs to know."""
    with st.popover(_label(), icon=":material/build:"):
        st.radio(
            "While the networks read",
            list(INTERVENTIONS),
            format_func=INTERVENTIONS.__getitem__,
            key=f"{LAB}.what",
            captions=["", *HELP.values(), SWAPS[sequence.kind]],
        )
        if get("what") == "none":
            return
        if get("what") == "forget":
            st.segmented_control("At", ["0", "1"], required=True, key=f"{LAB}.hold", persist_state="page")
        if get("what") == "swap" and sequence.kind == "sentence":
            st.text_input("The other word", key=f"{LAB}.word", persist_state="page", max_chars=40)
        st.session_state[f"{LAB}.start"] = start_of(sequence)
        st.slider(
            "From step" if get("what") in ("forget", "silence") else "At step",
            0,
            len(sequence) - 1,
            key=f"{LAB}.start",
            persist_state="page",
            disabled=len(sequence) < 2,
        )


def _label() -> str:
    return "Intervene" if get("what") == "none" else INTERVENTIONS[get("what")]
