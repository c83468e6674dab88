"""The view itself, from top to bottom."""

from __future__ import annotations

from functools import partial

import streamlit as st

from dlviz.plane.inside import change_weights
from dlviz.ui import lesson
from dlviz.ui.labs.depth.inside_one import captions, questions
from dlviz.ui.labs.depth.inside_one.forward import forward
from dlviz.ui.labs.depth.inside_one.pictures import show_network, take_reports
from dlviz.ui.labs.depth.network_choice import PACE, choose_network, offer_undo
from dlviz.ui.labs.depth.one_network import OneNetwork, train_one
from dlviz.ui.labs.depth.state import LAB, State
from dlviz.ui.prediction import ask_first
from dlviz.ui.verdict import show_verdict


def show(state: State) -> None:
    """Choose a network, and look into it; while it learns its picture is drawn again and again."""
    one = choose_network(state)
    if one and one.has_learned:
        _look_inside(one)
    elif one:
        st.fragment(run_every=PACE, key=f"{LAB}.inside.live")(_learn)()


def _learn() -> None:
    """Let the network learn a little further, and draw it."""
    one = train_one(LAB.read())
    if one is None or one.has_learned or one.has_diverged:
        st.rerun()
    _look_inside(one)


def _look_inside(one: OneNetwork) -> None:
    """Draw the network, as far as it has learned."""
    state = take_reports(LAB.read(), one)
    network = change_weights(one.network, state.weights)
    passed = forward(network, state.off, one.points, state.place, state.unit)
    if one.has_learned:
        asked = partial(questions.main_question, network, one.points, passed.unit, state)
        ask_first(LAB, asked, place="inside")
    show_verdict(LAB, captions.verdict(one, passed, state))
    offer_undo(state)
    show_network(one, passed, state)
    if not one.has_learned:
        return
    lesson.code(
        LAB,
        questions.shown_code,
        lambda: lesson.offer_script(
            questions.SCRIPT, questions.script(network, state, state.activation), packages="torch"
        ),
    )
