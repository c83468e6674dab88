"""The course of the lab: what attends, each step of it, who looks at whom, and what is asked."""

import streamlit as st

from dlviz.ui import lesson
from dlviz.ui.components import address
from dlviz.ui.inputs import digit
from dlviz.ui.labs.attention import captions, controls, inputs, interventions, pictures, questions
from dlviz.ui.labs.attention.forward import Run, prepared
from dlviz.ui.labs.attention.state import FIELDS, INPUTS, LAB, VIEWS, get, put, renew
from dlviz.ui.server import model_cache
from dlviz.ui.text_format.markdown import plain
from dlviz.weights import BadWeights


@st.fragment
def lab() -> None:
    """All of it; runs again with every stroke, and whenever the learner chooses something in a picture."""
    if address.restore(LAB, FIELDS):
        digit.forget(LAB)
        renew()
        if get("weights") == "run":
            put("input", "digit")
    if get("weights") == "run" and get("input") == "words":
        put("weights", "bert")  # no run reads words here
    address.notice()
    pictures.take()
    left, right = st.columns([1, 2.6], gap="large")
    try:
        with left:
            given = inputs.current()
        if given is None:
            right.subheader(f"{INPUTS['digit']}: draw one, and its patches look at each other.", anchor=False)
        else:
            with right:
                run = _beside(given)
            _pictures(run)
            _around(run)
    except BadWeights as problem:
        st.error(str(problem), icon=":material/scale:")
    address.publish(LAB, FIELDS)


def _beside(given: inputs.Source) -> Run:
    """The settings, and what is said of the pass."""
    controls.weights()
    random = given.digit is None and get("weights") == "random"
    with model_cache.waiting():
        attend = prepared(given, *(controls.fitting() if random else (0, 0)))
    heads = attend.attention.heads
    controls.steps(given, heads, min(get("head"), heads - 1))
    run = attend(interventions.changes(given, heads))
    if run.logits is not None:
        st.subheader(f"The network says {plain(captions.says(run, run.logits))}", anchor=False)
    st.caption(plain(captions.made(run)))
    if run.changes.intervened:
        st.markdown(f"**Intervened.** {plain(captions.changed(run))}")
    if given.digit is not None:
        pictures.over(run)
    elif run.changes.intervened:
        pictures.moves(run)
    return run


def _pictures(run: Run) -> None:
    pictures.stages(run)
    left, right = st.columns([1.3, 1], gap="large")
    with left:
        pictures.large(run)
    with right:
        st.segmented_control(
            "The large pattern",
            list(VIEWS),
            format_func=VIEWS.__getitem__,
            required=True,
            key=f"{LAB}.view",
        )
        st.markdown(f"**What is ÷ √{run.steps.head_dim} for?** {captions.saturation(run)}")
        pictures.scales(run)


def _around(run: Run) -> None:
    lesson.predict(LAB, lambda: questions.ask(run))
    lesson.code(LAB, questions.sources(run), lambda: questions.script(run), "dlviz_attention.py")
    lesson.words(LAB)
