"""Self-attention lab: every step from tokens to output, in numbers."""

from functools import partial

import streamlit as st

from dlviz.ui import lesson
from dlviz.ui.labs.attention import controls, questions
from dlviz.ui.labs.attention.forward import forward
from dlviz.ui.labs.attention.inputs import choose_sequence
from dlviz.ui.labs.attention.interventions import choose_changes, choose_setting
from dlviz.ui.labs.attention.pictures import (
    link_onward,
    show_answer,
    show_effect,
    show_patterns,
    show_steps,
    take_clicks,
)
from dlviz.ui.labs.attention.state import INPUTS, LAB
from dlviz.ui.prediction import ask_first
from dlviz.ui.text_format.markdown import plain
from dlviz.weights import BadWeights


@st.fragment
def course() -> None:
    """Tokens, the weights with which they attend to each other, and each step of that attention."""
    state = controls.settle(LAB.restore())
    lesson.opening(LAB, state.situation)
    LAB.show_notice()
    take_clicks()
    left, right = st.columns([1, 2.2], gap="large")
    passed = None
    try:
        with left, st.container(key="one-screen"):
            sequence = choose_sequence(LAB.read())  # words, or a digit's patches, or None
        if sequence is None:
            right.subheader(f"{INPUTS['digit']}: draw one, and its patches look at each other.", anchor=False)
        else:
            with right:
                network = controls.choose_network(sequence)
                choose_setting()  # mask and scale
            changes = choose_changes(network, sequence)  # these, and interventions
            state = LAB.read()
            passed = forward(network, sequence, changes, state)  # beside the pass without interventions
            with right:
                show_answer(passed, state)
            show_effect(passed, state)
            show_steps(passed, state)
            ask_first(LAB, partial(questions.main_question, passed, state))
            show_patterns(passed, state)
            link_onward(state)
    except BadWeights as problem:
        st.error(plain(str(problem)), icon=":material/scale:")

    lesson.footer(LAB, questions, passed, state)
    LAB.publish(LAB.read())


course()
