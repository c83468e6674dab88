"""MLP lab: draw a digit, and see every hidden unit of a plain network read it, and what moving it does."""

from functools import partial

import streamlit as st

from dlviz.ui import lesson
from dlviz.ui.inputs.digit import digit_input
from dlviz.ui.labs.mlp import controls, questions
from dlviz.ui.labs.mlp.forward import clamp_choices, forward
from dlviz.ui.labs.mlp.networks import load_network
from dlviz.ui.labs.mlp.panels import show_panel
from dlviz.ui.labs.mlp.pictures import say_bad_weights, show_answer, show_units, take_clicks
from dlviz.ui.labs.mlp.state import LAB
from dlviz.ui.prediction import ask_first
from dlviz.ui.server import model_cache

lesson.opening(LAB)


@st.fragment
def course() -> None:
    """A digit, the hidden units that it lights, the answer, and a closer look at one of these."""
    state = LAB.restore()
    LAB.show_notice()
    state = take_clicks(state)

    left, right = st.columns([1, 3.4], gap="large")
    with left, st.container(key="paper"), st.container(key="one-screen"):
        drawing = digit_input(LAB)  # its pixels: (28, 28) in [0, 1]; None while nothing is drawn
    with right:
        answer, choices, first = st.container(), st.container(), st.container()
    state = LAB.read()

    network, passed = None, None
    with say_bad_weights():
        with model_cache.waiting():
            network = load_network(state)
        if changes := clamp_choices(network, state):
            state = LAB.update(**changes)
        if drawing.pixels is not None:
            passed = forward(network, drawing.pixels, state)
        with right:
            show_units(network, passed, state)
        with answer:
            show_answer(passed, drawing.placed)
    with choices:
        controls.choose_network(state, len(network.hidden_layers) if network else 1)

    if passed:
        with first:
            asked = partial(questions.ask_main, passed, state)
            ask_first(LAB, asked, partial(questions.main_question, passed, state))
        controls.choose_panel()
        with say_bad_weights():
            show_panel(passed, state)
        lesson.footer(LAB, questions, passed, state)
    else:
        first.caption("The question to predict is about your own digit: it comes as soon as you draw one.")
    LAB.publish(state)


course()
