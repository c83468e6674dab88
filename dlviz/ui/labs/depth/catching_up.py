"""A bar over views that show the learner's networks, while these learn up to where a link says."""

import streamlit as st

from dlviz.ui.labs.depth.cohort import chosen_learning, learn
from dlviz.ui.labs.depth.state import LAB, State
from dlviz.ui.labs.depth.turns import SOONEST, TURNS, learner, slice_length


def show_catching_up(state: State) -> None:
    """Let the networks learn up to the link's step, in slices of time; nothing where they have."""
    with st.container():  # also where it is empty: what stands below keeps its place
        if _is_behind(state):
            st.fragment(run_every=SOONEST, key=f"{LAB}.catching_up")(_learn_on)()


def _is_behind(state: State) -> bool:
    learning = chosen_learning(state)
    return learning.cohort.steps < state.steps and len(learning.points.xy) > 0


def _learn_on() -> None:
    state = LAB.read()
    learning = chosen_learning(state)
    if not _is_behind(state):
        st.rerun(scope="app")
    with TURNS.take_turn(learner()) as players:
        learn(learning, state.steps, slice_length(players))
    here = learning.cohort.steps
    st.progress(
        here / state.steps,
        f"The networks learn up to where the link stands: step {here:,} of {state.steps:,}",
    )
