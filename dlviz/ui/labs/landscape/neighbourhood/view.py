"""The view itself, from top to bottom."""

from __future__ import annotations

import streamlit as st

from dlviz.training.runs import service
from dlviz.ui import lesson
from dlviz.ui.labs.landscape.neighbourhood import captions, questions
from dlviz.ui.labs.landscape.neighbourhood.controls import choose_pictures
from dlviz.ui.labs.landscape.neighbourhood.forward import ForwardPass, Plan
from dlviz.ui.labs.landscape.neighbourhood.pictures import KEY, collect, show_pictures, show_rise
from dlviz.ui.labs.landscape.neighbourhood.state import DRAWS
from dlviz.ui.labs.landscape.state import LAB, State
from dlviz.ui.prediction import ask_before_result
from dlviz.ui.verdict import show_sentence


def show() -> None:
    """Choose two networks, measure the loss around them, and see how it rises over several draws."""
    if LAB.just_opened():
        service.shared().prepare()  # a worker gets ready while the learner reads
    with st.container(key="controls-beside"):
        left, right = st.columns([1, 2.9], gap="large")
    with left:
        plans = choose_pictures()
    if plans:
        with right:
            waiting = f"Your prediction is kept. Measure the {DRAWS} draws below."
            ask_before_result(LAB, questions.main_question(collect(plans)), "near", waiting)
            show_pictures(plans)
        _show_what_follows(plans)
    lesson.words(LAB)
    LAB.publish(LAB.read())


def _show_what_follows(plans: tuple[Plan, Plan]) -> None:
    state, passed = LAB.read(), collect(plans)
    if pair := captions.tell_pair(passed, state):
        show_sentence(f"{KEY}.pair", st.markdown, pair)
    show_sentence(f"{KEY}.unit", st.caption, captions.tell_directions(state))
    show_rise(plans)
    lesson.predict(LAB, lambda: questions.questions(passed, state))
    lesson.code(LAB, lambda: questions.shown_code(passed, state), lambda: _offer_script(passed, state))


def _offer_script(passed: ForwardPass, state: State) -> None:
    if not questions.has_script(state):
        st.caption("Choose a network that comes with the project: there is a script for those.")
        return
    files = questions.script_files(passed, state)
    lesson.offer_script(questions.script_name(passed, state), questions.script(passed, state), files)
