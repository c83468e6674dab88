"""The choice of one network, and what undoes a learner's changes to it."""

import streamlit as st

from dlviz.plane.budget import DEPTHS
from dlviz.ui.labs.depth.inside_one.state import NETWORKS
from dlviz.ui.labs.depth.state import LAB, State
from dlviz.ui.text_format.numbers import counted

PACE = 0.3  # seconds between two pictures of a network that is learning


def choose_network() -> None:
    """Draw the choice of depth and seed. Changes made to one network mean nothing in another: they go."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.segmented_control(
            "Hidden layers", DEPTHS, required=True, key=LAB.key("one_depth"), on_change=undo_changes
        )
        st.segmented_control(
            "Network",
            range(NETWORKS),
            format_func=lambda at: f"{at + 1}",
            required=True,
            key=LAB.key("one_network"),
            on_change=undo_changes,
            help="Three networks of each depth, which began with other random weights.",
        )


def undo_changes() -> None:
    """Give all weights back what they have learned, and switch all units on."""
    LAB.update(weights={}, off=[])


def offer_undo(state: State) -> None:
    """Say how much is changed, with a button that undoes it."""
    if not state.weights and not state.off:
        return
    changed = [counted(len(state.weights), "weight") + " changed"] if state.weights else []
    off = [counted(len(state.off), "unit") + " switched off"] if state.off else []
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(", ".join([*changed, *off]).capitalize() + ".", width="content")
        st.button("Undo all", key=f"{LAB}.undo", on_click=undo_changes)
