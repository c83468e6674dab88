"""The view itself, from top to bottom."""

from __future__ import annotations

from functools import partial

import streamlit as st

from dlviz.ui import lesson
from dlviz.ui.labs.landscape.state import LAB
from dlviz.ui.labs.landscape.two_weights import questions
from dlviz.ui.labs.landscape.two_weights.controls import choose_network, choose_race, choose_two_weights
from dlviz.ui.labs.landscape.two_weights.pictures import show_formulas, show_race, take_start
from dlviz.ui.labs.landscape.two_weights.session import measure_once, race_once
from dlviz.ui.labs.landscape.two_weights.state import STEPS
from dlviz.ui.prediction import ask_first, predicted

PLACE = "weights"  # of the question


@st.fragment
def show() -> None:
    """Choose a trained network and two of its weights, and draw the loss over them and optimizers' ways."""
    state, passed = LAB.read(), None
    left, right = st.columns([1, 2.4], gap="large")
    with left:
        trained = choose_network()  # a chain of layers and examples, or None
    if trained:
        with left:
            weights = choose_two_weights(trained)  # of one linear layer
            choose_race()
        state = take_start()
        surface = measure_once(trained, weights, state)  # (33, 33) losses, all other weights as trained
        passed = race_once(surface, state)  # every optimizer's way from the same start
        with right:
            if state.step < STEPS or predicted(LAB, PLACE):  # else the answer is on screen
                ask_first(LAB, partial(questions.main_question, passed, state), place=PLACE)
            state = show_race(passed)
        show_formulas(passed, trained, state.step)

    lesson.footer(LAB, questions, passed, state)
    LAB.publish(LAB.read())
