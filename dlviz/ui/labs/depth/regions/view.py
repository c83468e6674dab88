"""The view itself, from top to bottom."""

from __future__ import annotations

import streamlit as st

from dlviz.plane.inside import change_weights, switch_off
from dlviz.ui import lesson
from dlviz.ui.components.plane_regions import PlaneRegions, plane_regions
from dlviz.ui.labs.depth.cohort import chosen_cohort
from dlviz.ui.labs.depth.inside_one import questions as inside_questions
from dlviz.ui.labs.depth.network_choice import PACE, choose_network, offer_undo
from dlviz.ui.labs.depth.one_network import OneNetwork, train_one
from dlviz.ui.labs.depth.regions import captions, questions
from dlviz.ui.labs.depth.regions.forward import count_by_depth, find
from dlviz.ui.labs.depth.regions.sawtooth import show_sawtooth
from dlviz.ui.labs.depth.same_budget.own_points import EDGE
from dlviz.ui.labs.depth.state import LAB, State
from dlviz.ui.session_cache import compute_once
from dlviz.ui.verdict import show_sentence, show_verdict


def show(state: State) -> None:
    """Choose a network, and see its regions; then how folds multiply with depth."""
    one = choose_network(state)
    if reason := captions.WITHOUT.get(state.activation):
        st.info(reason, icon=":material/info:")
    elif one and one.has_learned:
        _show_regions(one)
    elif one:
        st.fragment(run_every=PACE, key=f"{LAB}.regions.live")(_learn)()
    show_sawtooth(LAB.read())
    if one:
        lesson.code(LAB, questions.shown_code, lambda: _offer_script(one))


def _offer_script(one: OneNetwork) -> None:
    """Offer a script that counts the network's regions."""
    state = LAB.read()
    network = change_weights(one.network, state.weights)
    code = inside_questions.script(network, state, state.activation)
    lesson.offer_script(inside_questions.SCRIPT, code, packages="torch")


def _learn() -> None:
    """Let the network learn a little further, and draw its regions."""
    one = train_one(LAB.read())
    if one is None or one.has_learned or one.has_diverged:
        st.rerun()
    _show_regions(one)


def _show_regions(one: OneNetwork) -> None:
    """Draw the regions of the network, as far as it has learned."""
    state = LAB.read()
    network = switch_off(change_weights(one.network, state.weights), state.off)
    depth = one.shape.depth
    if state.region_layers >= depth:
        state = LAB.update(region_layers=0)
    passed = find(network, state.region_layers)
    show_verdict(LAB, captions.verdict(one, passed, state))
    offer_undo(state)
    layers = st.container()
    if depth > 1:
        layers.segmented_control(
            "Count the units of",
            [*range(1, depth), 0],
            format_func=captions.name_layers,
            required=True,
            key=LAB.key("region_layers"),
        )
    found = passed.numbers, passed.on, passed.units, passed.weights, passed.biases
    plane_regions(f"{LAB}.regions.plane", PlaneRegions(*found, one.points.xy, one.points.labels, EDGE))
    show_sentence(f"{LAB}.regions.layers", st.markdown, captions.layer_by_layer(passed))
    together = chosen_cohort(state)
    if one.has_learned and together.steps == one.steps:
        counts = compute_once(
            "depth.region_counts",
            (together, one.steps, state.large_seed),
            lambda: count_by_depth(together, state.large_seed),
        )
        compared = captions.compare_depths(counts, state.large_seed)
        show_sentence(f"{LAB}.regions.depths", st.markdown, compared)
    elif not together.steps:
        st.caption("Let networks of all depths learn in the first view, and their regions are compared here.")
    show_sentence(f"{LAB}.regions.check", st.caption, captions.check(passed))
