"""Controls of the RNN lab: the networks and their layer, what gradients are of, and the intervention."""

from __future__ import annotations

import streamlit as st

from dlviz.ui.labs.rnn.forward import start_step
from dlviz.ui.labs.rnn.networks import count_layers
from dlviz.ui.labs.rnn.sequence import Sequence
from dlviz.ui.labs.rnn.state import (
    HELD_IN,
    INTERVENTIONS,
    LAB,
    NETWORKS,
    SHOWN,
    TARGETS,
    State,
)
from dlviz.ui.runs import weights_choice
from dlviz.ui.verdict import show_sentence

HELP = {
    "forget": "At 0 the LSTM’s cells are emptied at every step; at 1 they keep everything.",
    "silence": "The selected unit’s hidden state is 0 from that step on.",
    "cut": "Hidden and cell states are 0 after that step, once: the networks begin anew.",
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
            help="The gradient of the answer, or of the hidden state, here with respect to each step before.",
        )
    if sequence is not None:
        _choose_intervention(LAB.read(), sequence)
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
    """Draw the interventions beside each other, so that nothing lies over their effect."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        st.segmented_control(
            "While the networks read",
            list(INTERVENTIONS),
            format_func=INTERVENTIONS.__getitem__,
            required=True,
            key=LAB.key("what"),
            on_change=_begin_halfway,
            args=(state.what, len(sequence)),
            wrap=True,
        )
        if state.what == "none":
            return
        _choose_details(state, sequence)
        st.segmented_control(
            "Strips show", list(SHOWN), format_func=SHOWN.__getitem__, required=True, key=LAB.key("shown")
        )
        st.button("Undo all", icon=":material/undo:", key=f"{LAB}.undo", on_click=_undo)
    show_sentence(f"{LAB}.what_told", st.caption, {**HELP, "swap": SWAPS[sequence.kind]}[state.what])


def _choose_details(state: State, sequence: Sequence) -> None:
    if state.what == "forget":
        st.segmented_control("At", [0, 1], required=True, key=LAB.key("hold"), persist_state="page")
        if count_layers(state) > 1:
            places = {**HELD_IN, "one": f"Layer {state.layer} alone"}
            st.segmented_control(
                "In",
                list(places),
                format_func=places.__getitem__,
                required=True,
                key=LAB.key("held_in"),
                persist_state="page",
            )
    if state.what == "swap" and sequence.kind == "sentence":
        st.text_input("The other word", key=LAB.key("word"), persist_state="page", max_chars=40, width=160)
    LAB.update(start=start_step(len(sequence), state))
    st.select_slider(
        "From step" if state.what in ("forget", "silence") else "At step",
        range(len(sequence)),
        format_func=lambda step: name_place(sequence, step),
        key=LAB.key("start"),
        persist_state="page",
        disabled=len(sequence) < 2,
        width=260,
    )


def name_place(sequence: Sequence, step: int) -> str:
    """A step's name that no other step has: a word with its number."""
    return f"{step + 1} · {sequence.steps[step]}" if sequence.kind == "sentence" else sequence.steps[step]


def _begin_halfway(before: str, steps: int) -> None:
    """Let the first intervention in a sequence of so many steps begin where much has been read."""
    if before == "none":
        LAB.update(start=steps // 2)


def _undo() -> None:
    usual = State()
    LAB.update(
        **{field: getattr(usual, field) for field in ("what", "hold", "held_in", "start", "word", "shown")}
    )
