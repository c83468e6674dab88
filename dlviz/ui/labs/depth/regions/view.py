"""The view itself, from top to bottom."""

from __future__ import annotations

import streamlit as st

from dlviz.plane.inside import change_weights, switch_off
from dlviz.ui.components.plane_regions import plane_regions
from dlviz.ui.labs.depth.inside_one import captions as network_captions
from dlviz.ui.labs.depth.inside_one.state import REACH
from dlviz.ui.labs.depth.network_choice import PACE, choose_network, offer_undo
from dlviz.ui.labs.depth.one_network import OneNetwork, train_one
from dlviz.ui.labs.depth.regions import captions
from dlviz.ui.labs.depth.regions.forward import find
from dlviz.ui.labs.depth.regions.sawtooth import show_sawtooth
from dlviz.ui.labs.depth.state import LAB, State
from dlviz.ui.verdict import show_verdict


def show(state: State) -> None:
    """Choose a network, and see its regions; while it learns they are found again and again."""
    choose_network()
    one = train_one(LAB.read())
    if one is None:
        st.warning(network_captions.too_small(LAB.read()), icon=":material/warning:")
    elif reason := captions.WITHOUT.get(state.activation):
        st.info(reason, icon=":material/info:")
    elif one.has_learned:
        _show_regions()
    else:
        st.fragment(run_every=PACE, key=f"{LAB}.regions.live")(_learn)()
    show_sawtooth(LAB.read())


def _learn() -> None:
    """Draw the regions while the network learns."""
    if (one := _show_regions()) and one.has_learned:
        st.rerun()


def _show_regions() -> OneNetwork | None:
    """Draw the regions of the network, as far as it has learned."""
    state = LAB.read()
    one = train_one(state)
    if one is None:
        return None
    network = switch_off(change_weights(one.network, state.weights), state.off)
    passed = find(network, state.region_layers)
    show_verdict(LAB, captions.verdict(one, passed, state))
    offer_undo(state)
    plane_regions(
        f"{LAB}.regions.plane",
        passed.numbers,
        passed.on,
        passed.units,
        passed.weights,
        passed.biases,
        one.points.xy,
        one.points.labels,
        REACH,
    )
    st.markdown(captions.layer_by_layer(passed))
    st.caption(captions.check(passed))
    return one
