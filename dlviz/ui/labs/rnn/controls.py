"""Controls of the RNN lab: the networks and their layer, what gradients are of, and the intervention."""

from __future__ import annotations

import streamlit as st

from dlviz.ui.labs.rnn.forward import start_step
from dlviz.ui.labs.rnn.networks import count_layers
from dlviz.ui.labs.rnn.sequence import Sequence
from dlviz.ui.labs.rnn.state import INTERVENTIONS, LAB, NETWORKS, SHOWN, TARGETS, State
from dlviz.ui.runs import weights_choice

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


def choose(state: State, sequence: Sequence | None) -> State:
    """Draw the controls; the state as they leave it.

    Raises: BadWeights if the run cannot be shown.
    """
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        weights_choice.choose_weights(LAB)
        if state.weights != "run":
            st.segmented_control(
                "Networks",
                list(NETWORKS),
                format_func=NETWORKS.__getitem__,
                required=True,
                key=LAB.key("networks"),
            )
        _choose_layer(state)
        st.segmented_control(
            "What still matters for",
            list(TARGETS),
            format_func=TARGETS.__getitem__,
            required=True,
            key=LAB.key("of"),
            help="The gradient of the answer, or of the hidden state, at this step by each step before.",
        )
        if sequence is not None:
            _choose_intervention(state, sequence)
    return LAB.read()


def _choose_layer(state: State) -> None:
    count = count_layers(state)
    LAB.update(layer=min(state.layer, count))
    if count > 1:
        st.segmented_control(
            "Of the LSTM",
            list(range(1, count + 1)),
            format_func=lambda layer: f"Layer {layer}",
            required=True,
            key=LAB.key("layer"),
        )


def _choose_intervention(state: State, sequence: Sequence) -> None:
    label = "Intervene" if state.what == "none" else INTERVENTIONS[state.what]
    with st.popover(label, icon=":material/build:"):
        st.radio(
            "While the networks read",
            list(INTERVENTIONS),
            format_func=INTERVENTIONS.__getitem__,
            key=LAB.key("what"),
            captions=["", *HELP.values(), SWAPS[sequence.kind]],
        )
        if state.what == "none":
            return
        if state.what == "forget":
            st.segmented_control("At", [0, 1], required=True, key=LAB.key("hold"), persist_state="page")
        if state.what == "swap" and sequence.kind == "sentence":
            st.text_input("The other word", key=LAB.key("word"), persist_state="page", max_chars=40)
        LAB.update(start=start_step(sequence, state))
        st.slider(
            "From step" if state.what in ("forget", "silence") else "At step",
            0,
            len(sequence) - 1,
            key=LAB.key("start"),
            persist_state="page",
            disabled=len(sequence) < 2,
        )
    st.segmented_control(
        "Strips show", list(SHOWN), format_func=SHOWN.__getitem__, required=True, key=LAB.key("shown")
    )
