"""The Convolution lab: a kernel laid over a picture, and the arithmetic of every pixel."""

import streamlit as st

from dlviz.ui import address, lesson
from dlviz.ui.convolution import controls, source
from dlviz.ui.convolution.around import around
from dlviz.ui.convolution.misfit import misfit
from dlviz.ui.convolution.run import latest
from dlviz.ui.convolution.state import FIELDS, LAB
from dlviz.ui.convolution.stepper import stepper, take

if address.restore(LAB, FIELDS):
    source.forget()
    controls.forget_problem()
take()
lesson.opening(LAB)
address.notice()

with st.container(key="controls-beside"):
    left, right = st.columns([1, 2.9], gap="medium")
with left:
    picture = source.current()
    kernel = controls.kernel()
    sliding = controls.sliding()

run = None
with right:
    if problem := st.session_state.get(controls.PROBLEM):
        st.error(problem, icon=":material/grid_off:")
    if picture is None:
        st.info(
            "The paper is empty: draw something on it, and the kernel slides over it.", icon=":material/draw:"
        )
    else:
        run = latest(picture, kernel, sliding)
        if kernel and not run:
            misfit(picture, kernel, sliding)
    if run:
        stepper(run)

if run:
    around(run)
lesson.words(LAB)
address.publish(LAB, FIELDS)
