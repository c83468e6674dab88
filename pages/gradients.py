"""Gradients lab: how much of a loss arrives at each step back in time."""

import streamlit as st

from dlviz.ui import lesson
from dlviz.ui.labs.gradients import controls, questions
from dlviz.ui.labs.gradients.clipping import show_clipping
from dlviz.ui.labs.gradients.forward import forward
from dlviz.ui.labs.gradients.memory import show_memory
from dlviz.ui.labs.gradients.pictures import show_curves, show_singular_values
from dlviz.ui.labs.gradients.state import LAB
from dlviz.weights import BadWeights

lesson.opening(LAB)


@st.fragment
def course() -> None:
    """Three networks read one sequence, and its loss's gradient goes back to the first step."""
    LAB.restore()
    LAB.show_notice()

    left, right = st.columns([1, 2.9], gap="large")
    with left:
        state = controls.choose()  # steps, weights, the forget gates' bias, the RNN's gain

    try:
        with st.spinner("Computing the gradients …", show_time=False):
            passed = forward(state)  # ‖∂L/∂h‖ at every step of an RNN, an LSTM and a GRU: (steps,) each
        with right:
            show_curves(passed, state)
            show_singular_values(passed)
        show_clipping(state)
        show_memory(state)
        lesson.footer(LAB, questions, passed, state)
    except BadWeights as problem:  # of the trained networks, which the panels and questions open as well
        st.error(str(problem), icon=":material/scale:")
    LAB.publish(state)


course()
