"""Controls of the view: two networks, the draws of their directions, and how far the pictures go."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from dlviz.training.runs.store import RUN
from dlviz.ui.labs.landscape.neighbourhood import captions, networks
from dlviz.ui.labs.landscape.neighbourhood.forward import Plan, plan_pictures
from dlviz.ui.labs.landscape.neighbourhood.networks import NoNetwork
from dlviz.ui.labs.landscape.neighbourhood.state import (
    ANOTHER_DRAW,
    FACTOR,
    LARGEST_DRAW,
    REACHES,
    RESCALED,
    TITLES,
)
from dlviz.ui.labs.landscape.state import LAB

AGAIN = {
    ANOTHER_DRAW: "The same, another draw",
    RESCALED: f"The same, rescaled × {FACTOR}",
}


def choose_pictures() -> tuple[Plan, Plan] | None:
    """Offer two networks and their draws; the plans of both pictures, or None if a network is missing."""
    runs = networks.find_runs()
    _choose_network("Network", "around", {}, runs)
    _choose_network("Beside it", "beside", AGAIN, runs)
    state = LAB.read()
    if state.beside == RESCALED:
        st.caption(captions.RESCALED_TOLD)
    with st.container(horizontal=True):
        st.number_input(
            "Draw",
            0,
            LARGEST_DRAW,
            key=LAB.key("draw"),
            help="Seed of the random directions: every draw is another picture of the same network.",
        )
        if state.beside == ANOTHER_DRAW:
            st.number_input("Draw beside it", 0, LARGEST_DRAW, key=LAB.key("other_draw"))
    st.select_slider("How far to each side", list(REACHES), key=LAB.key("edge"))
    st.toggle(
        "Directions as drawn",
        key=LAB.key("plain"),
        help="Off: each filter of a direction is made as long as that filter of the network "
        "(Li et al. 2018).",
    )
    return _look_at_both()


def _choose_network(label: str, field: str, first: Mapping[str, str], runs: Mapping[str, str]) -> None:
    """Offer the networks that come with the project and the learner's runs."""
    titles = {**first, **TITLES, **{run: f"My run: {name}" for run, name in runs.items()}}
    chosen = getattr(LAB.read(), field)
    if chosen not in titles and RUN.fullmatch(chosen):
        titles[chosen] = "The link’s run"
    st.selectbox(label, list(titles), format_func=titles.__getitem__, key=LAB.key(field))


def _look_at_both() -> tuple[Plan, Plan] | None:
    state = LAB.read()
    try:
        first = networks.look_at(state.around)
        second = None if state.beside in AGAIN else networks.look_at(state.beside)
    except NoNetwork as problem:
        st.error(str(problem), icon=":material/link_off:")
        return None
    return plan_pictures(first, second, state)
