"""Loss landscape lab: the exact loss over two weights, and optimizers that race over it."""

import streamlit as st

from dlviz.ui import lesson
from dlviz.ui.labs.landscape.state import LAB
from dlviz.ui.labs.landscape.two_weights import view as two_weights

lesson.opening(LAB)


@st.fragment
def course() -> None:
    """A trained network -> two of its weights -> the loss over them -> optimizers' ways down."""
    state = LAB.restore()
    LAB.show_notice()
    two_weights.show(state)
    lesson.words(LAB)
    LAB.publish(LAB.read())


course()
