"""Gradients lab: how much of a loss arrives at each step back in time."""

from functools import partial

import streamlit as st

from dlviz.ui import lesson
from dlviz.ui.labs.gradients import controls, questions
from dlviz.ui.labs.gradients.clipping import show_clipping
from dlviz.ui.labs.gradients.forward import forward
from dlviz.ui.labs.gradients.learning import show_learning
from dlviz.ui.labs.gradients.memory import show_memory
from dlviz.ui.labs.gradients.pictures import show_curves, show_factors
from dlviz.ui.labs.gradients.state import LAB
from dlviz.ui.prediction import ask_first
from dlviz.ui.text_format.markdown import plain
from dlviz.weights import BadWeights


@st.fragment
def course() -> None:
    """Three networks read one sequence, and its loss's gradient goes back to the first step."""
    lesson.opening(LAB, "trained weights" if LAB.restore().weights == "trained" else "")
    LAB.show_notice()

    with st.container(key="controls-beside"):
        left, right = st.columns([1, 3.4], gap="large")
    with left:
        controls.choose_networks()  # weights, units, seed
    with right:
        state = controls.choose_changes()  # the forget gates' bias, steps, the RNN's gain

    try:
        with st.spinner("Computing the gradients …", show_time=False):
            passed = forward(state)  # ‖∂L/∂h‖ at every step of an RNN, an LSTM and a GRU: (steps,) each
            before = controls.former_state(state)
            former = forward(before) if before else None
        with right:
            asked = partial(questions.ask_main, passed, state)
            with st.container(key="below-on-a-phone"):
                ask_first(LAB, asked, partial(questions.main_question, passed, state))
            show_curves(passed, former, state)
            show_factors(passed)
        show_learning(state)
        show_memory(state)
        show_clipping(state)
        lesson.footer(LAB, questions, passed, state)
    except BadWeights as problem:  # of the trained networks, which the panels and questions open as well
        st.error(plain(str(problem)), icon=":material/scale:")
    LAB.publish(state)


course()
