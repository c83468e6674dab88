"""Controls of the CNN lab: the networks, the scale of the colours, and the panel of detail."""

from contextlib import suppress
from dataclasses import replace

import streamlit as st

from dlviz.ui.inputs.digit import offer_other_digits
from dlviz.ui.labs.cnn.clamp_choices import carry_over, clamp_choices
from dlviz.ui.labs.cnn.networks import load_network
from dlviz.ui.labs.cnn.pictures import CHOSEN
from dlviz.ui.labs.cnn.state import LAB, NEED_RUN, NETWORKS, PANELS, SCALINGS, SHOWN, WEIGHTS, State
from dlviz.weights import BadWeights


def choose_networks(state: State, in_colour: bool) -> None:
    """Weights, their seed, the scale of the colours, and ways to put another digit on the pad.

    Args:
        in_colour: a run's network reads photographs, as no trained network of the lab's own does.
    """
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        _choose(
            "Weights",
            "weights",
            {name: WEIGHTS[name] for name in _offered_weights(state, in_colour)},
            on_change=_look_into_first,
            args=(state,),
            wrap=True,
            help="What training has made of the network, against random numbers such as it began with.",
        )
        if "random" in state.networks:
            st.number_input("Seed", 0, 9999, key=LAB.key("seed"), width=110)
        _choose(
            "Colours scaled over",
            "scaling",
            SCALINGS,
            help="Each map to its own largest value shows patterns; a shared scale shows strength.",
        )
        if state.off:
            _choose(
                "Maps show",
                "shown",
                SHOWN,
                help="What changed: the value now minus the value before you switched anything off.",
            )
        if not in_colour:
            offer_other_digits(LAB)


def _offered_weights(state: State, in_colour: bool) -> list[str]:
    if not (state.run or state.weights in NEED_RUN):
        return [name for name in WEIGHTS if name not in NEED_RUN]
    return [name for name in WEIGHTS if not (in_colour and name == "beside")]


def _look_into_first(before: State) -> None:
    """Of two networks the panels speak first of the run's."""
    LAB.update(of="run" if LAB.read().weights == "beside" else "trained")
    _stay_on_layer(before)


def _stay_on_layer(before: State) -> None:
    """Look at the same layer as before in the network that is looked into now, which may number it anew."""
    after = LAB.read()
    with suppress(BadWeights):  # of which the page tells
        old, new = (load_network(state.networks[state.place], state) for state in (before, after))
        before = replace(before, **clamp_choices(old, before))
        changes = carry_over(old.model, new.model, before)
        if before.select == State().select and not st.session_state.get(CHOSEN):
            changes.pop("select", None)  # nobody has chosen it: a lit unit takes its place
        LAB.update(**changes)


def choose_panel(state: State) -> None:
    """The panel of detail, and of two networks the one that it looks into."""
    with st.container(horizontal=True, vertical_alignment="center"):
        _choose("Look closer", "panel", PANELS, label_visibility="collapsed", wrap=True)
        if len(state.networks) == 2:
            st.markdown("in", width="content")
            names = {name: NETWORKS[name] for name in state.networks}
            _choose(
                "Which network",
                "of",
                names,
                label_visibility="collapsed",
                on_change=_stay_on_layer,
                args=(state,),
            )


def _choose(label: str, field: str, options: dict[str, str], **arguments) -> None:
    st.segmented_control(
        label,
        list(options),
        format_func=options.__getitem__,
        required=True,
        key=LAB.key(field),
        **arguments,
    )
