"""The choice of one network, and what undoes a learner's changes to it."""

import streamlit as st

from dlviz.plane.budget import DEPTHS
from dlviz.ui.labs.depth.one_network import OneNetwork, drop_changes, train_one
from dlviz.ui.labs.depth.same_budget import controls
from dlviz.ui.labs.depth.same_budget.state import ACTIVATION_TITLES, PATTERN_TITLES, SEEDS
from dlviz.ui.labs.depth.state import LAB, VIEWS, State
from dlviz.ui.text_format.numbers import counted

PACE = 0.3  # seconds between two pictures of a network that is learning


def choose_network(state: State) -> OneNetwork | None:
    """Draw the choice of depth, seed, and what is learned; the network as far as it has learned.

    Returns None, and says why, where there is none.
    """
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.segmented_control("Hidden layers", DEPTHS, required=True, key=LAB.key("large_depth"))
        st.segmented_control(
            "Network",
            range(SEEDS),
            format_func=lambda at: f"{at + 1}",
            required=True,
            key=LAB.key("large_seed"),
            help="Three networks of each depth, which began with different random weights.",
        )
    title = (
        f"{PATTERN_TITLES[state.pattern]}, {ACTIVATION_TITLES[state.activation]}, {state.budget:,} weights"
    )
    with st.expander(title, icon=":material/tune:", key=f"{LAB}.learned"):
        controls.choose_points(state)
        controls.choose_architecture(state)
    state = drop_changes(LAB.read())
    one = train_one(state)
    if one is None:
        st.warning(
            f"A budget of {counted(state.budget, 'weight')} is too small for "
            f"{counted(state.large_depth, 'hidden layer')}: choose fewer layers, or a larger budget.",
            icon=":material/warning:",
        )
    elif one.has_diverged:
        st.warning(
            f"The network has diverged: after {counted(one.steps, 'step')} its weights are no longer "
            f"numbers. Choose a smaller learning rate under “{VIEWS['budget']}”.",
            icon=":material/warning:",
        )
        return None
    else:
        _leave_out_missing(state, one)
    return one


def _leave_out_missing(state: State, one: OneNetwork) -> None:
    """Leave out changes of a link to weights and units that the network does not have."""
    count = sum(each.numel() for each in one.network.parameters())
    units = one.shape.depth * one.shape.width
    weights = {place: value for place, value in state.weights.items() if place < count}
    off = [unit for unit in state.off if unit < units]
    rest = {"weights": weights} if weights != state.weights else {}
    if rest := rest | ({"off": off} if off != state.off else {}):
        LAB.leave_out(**rest)


def undo_changes() -> None:
    """Give all weights back what they have learned, and switch all units on."""
    LAB.update(weights={}, off=[])


def offer_undo(state: State) -> None:
    """Say how much the learner has changed, with a button that undoes it.

    It keeps its place where nothing is changed: a picture that moves on the page is made anew, perhaps while
    the learner drags a weight in it.
    """
    row = st.container(horizontal=True, vertical_alignment="center")
    if not state.weights and not state.off:
        return
    changed = [f"{counted(len(state.weights), 'weight')} changed"] if state.weights else []
    off = [f"{counted(len(state.off), 'unit')} switched off"] if state.off else []
    with row:
        st.markdown(f"{', '.join([*changed, *off])}.", width="content")
        st.button("Undo all", key=f"{LAB}.undo", on_click=undo_changes)
