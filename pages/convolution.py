"""The Convolution lab: a kernel laid over a picture, and the arithmetic of every pixel."""

import streamlit as st

from dlviz.ui import lesson
from dlviz.ui.components import address
from dlviz.ui.labs.convolution import controls, inputs
from dlviz.ui.labs.convolution.footer import around
from dlviz.ui.labs.convolution.forward import latest
from dlviz.ui.labs.convolution.kernel_too_large import misfit
from dlviz.ui.labs.convolution.state import FIELDS, LAB
from dlviz.ui.labs.convolution.stepper import stepper, take

if address.restore(LAB, FIELDS):
    inputs.forget()
    controls.forget_problem()
take()
lesson.opening(LAB)
address.notice()

with st.container(key="controls-beside"):
    left, right = st.columns([1, 2.9], gap="medium")
with left:
    picture = inputs.current()
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
