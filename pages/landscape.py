"""Loss landscape lab: the exact loss over two weights, and optimizers that race over it."""

import streamlit as st

from dlviz.ui import lesson
from dlviz.ui.labs.landscape.state import LAB
from dlviz.ui.labs.landscape.two_weights import questions
from dlviz.ui.labs.landscape.two_weights.controls import choose_network, choose_race, choose_two_weights
from dlviz.ui.labs.landscape.two_weights.pictures import show_formulas, show_race, take_start
from dlviz.ui.labs.landscape.two_weights.session import measure_once, race_once

lesson.opening(LAB)


@st.fragment
def course() -> None:
    """A trained network, two of its weights, the loss over them, and optimizers' ways down."""
    state = LAB.restore()
    LAB.show_notice()

    passed = None
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
            state = show_race(passed)
        show_formulas(passed, trained, state.step)

    lesson.footer(LAB, questions, passed, state)
    LAB.publish(LAB.read())


course()
