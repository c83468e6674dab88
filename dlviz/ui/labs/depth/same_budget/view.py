"""The view itself, from top to bottom."""

import streamlit as st

from dlviz.ui import lesson
from dlviz.ui.labs.depth.cohort import chosen_learning
from dlviz.ui.labs.depth.same_budget import captions, questions
from dlviz.ui.labs.depth.same_budget.controls import choose_architecture, choose_learning, choose_points
from dlviz.ui.labs.depth.same_budget.live import show_learning
from dlviz.ui.labs.depth.state import LAB, State


def show(state: State) -> None:
    """Choose points and a budget, and let networks of all depths learn."""
    choose_points(state)
    choose_architecture(state)
    choose_learning()
    learning = chosen_learning(state)
    # In a place of their own: a picture that moves on the page is made anew, and loses clicks and the focus.
    with st.container():
        for sentence in captions.warnings(state, learning):
            st.info(sentence, icon=":material/info:")
    show_learning()
    lesson.predict(LAB, lambda: questions.questions(state))
    lesson.code(
        LAB,
        questions.shown_code,
        lambda: lesson.offer_script(
            questions.SCRIPT_NAME, questions.script(learning, LAB.read()), packages="torch numpy"
        ),
    )
