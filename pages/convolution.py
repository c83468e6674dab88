"""Convolution lab: lay a kernel over a picture and see the arithmetic of every pixel."""

from functools import partial

import streamlit as st

from dlviz.ui import lesson
from dlviz.ui.labs.convolution import controls, questions
from dlviz.ui.labs.convolution.inputs import choose_picture
from dlviz.ui.labs.convolution.kernel_too_large import forward_or_last
from dlviz.ui.labs.convolution.pictures import show_steps, take_clicks
from dlviz.ui.labs.convolution.state import LAB
from dlviz.ui.prediction import ask_first

lesson.opening(LAB)


@st.fragment
def course() -> None:
    """A picture, a kernel, and the convolution of both, step by step."""
    LAB.restore()
    if LAB.just_opened():
        controls.forget_problem()
    LAB.show_notice()
    take_clicks()

    with st.container(key="controls-beside"):
        left, right = st.columns([1, 2.9], gap="medium")
    with left:
        picture = choose_picture(LAB.read())  # (channel, height, width) in [0, 1], or None
    with right:  # beside what they do, on a phone too
        kernel = controls.choose_kernel(LAB.read())  # (height, width)
    with left:
        sliding = controls.choose_sliding()  # padding, stride, dilation
    state = LAB.read()

    passed = None
    with right:
        controls.show_problem()
        if picture is None:
            st.info(
                "The paper is empty: draw something on it, and the kernel slides over it.",
                icon=":material/draw:",
            )
        elif kernel:
            passed = forward_or_last(picture, kernel, sliding)  # convolution, then ReLU, then pooling
        if passed:
            ask_first(LAB, partial(questions.main_question, passed, state))
            state = show_steps(passed, state, stale=passed.picture is not picture)

    lesson.footer(LAB, questions, passed, state)
    LAB.publish(state)


course()
