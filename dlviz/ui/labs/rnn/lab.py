"""The course of the lab: what is read, both networks' readings step by step, and what is asked."""

import streamlit as st

from dlviz.ui import lesson
from dlviz.ui.components import address
from dlviz.ui.inputs import digit
from dlviz.ui.labs.rnn import captions, inputs, interventions, networks, pictures, questions, series
from dlviz.ui.labs.rnn.forward import Run, runs, step_of
from dlviz.ui.labs.rnn.state import FIELDS, INPUTS, LAB, LAYERS, NETWORKS, SHOWN, TARGETS, get
from dlviz.ui.runs import weights_choice
from dlviz.ui.server import model_cache
from dlviz.ui.text_format.markdown import plain
from dlviz.weights import BadWeights


@st.fragment
def lab() -> None:
    """All of it; runs again with every stroke, and whenever the learner has come to rest on a step."""
    if address.restore(LAB, FIELDS):
        digit.forget(LAB)
    lesson.opening(LAB, weights_choice.shows_run(LAB))
    address.notice()
    pictures.take()
    series.take()
    left, right = st.columns([1, 3.4], gap="large")
    try:
        with left:
            sequence = inputs.current()
        with right:
            _controls(sequence)
            _readings(sequence)
    except BadWeights as problem:
        st.error(str(problem), icon=":material/scale:")
    address.publish(LAB, FIELDS)


def _readings(sequence: inputs.Sequence | None) -> None:
    if sequence is None:
        st.subheader(f"{INPUTS[get('input')]}: give the networks something to read.", anchor=False)
        lesson.words(LAB)
        return
    with model_cache.waiting():
        read = runs(sequence)
    if get("what") != "none":
        st.markdown("  \n".join(plain(captions.changed(run)) for run in read))
    pictures.timeline(read, step_of(sequence))
    _around(read)


def _controls(sequence: inputs.Sequence | None) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        weights_choice.control(LAB)
        if not weights_choice.shows_run(LAB):
            st.segmented_control(
                "Networks",
                list(NETWORKS),
                format_func=NETWORKS.__getitem__,
                required=True,
                key=f"{LAB}.networks",
            )
        if len(layers := networks.layers()) > 1:
            st.segmented_control(
                "Of the LSTM", layers, format_func=LAYERS.__getitem__, required=True, key=f"{LAB}.layer"
            )
        st.segmented_control(
            "What still matters for",
            list(TARGETS),
            format_func=TARGETS.__getitem__,
            required=True,
            key=f"{LAB}.of",
            help="The gradient of the answer, or of the hidden state, at this step by each step before.",
        )
        if sequence is None:
            return
        interventions.controls(sequence)
        if get("what") != "none":
            st.segmented_control(
                "Strips show", list(SHOWN), format_func=SHOWN.__getitem__, required=True, key=f"{LAB}.shown"
            )


def _around(read: list[Run]) -> None:
    run = read[0]
    lesson.predict(LAB, lambda: questions.ask(read))
    lesson.code(LAB, questions.SOURCES, lambda: questions.script(run), f"dlviz_{run.name}.py")
    lesson.words(LAB)
