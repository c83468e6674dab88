"""The course of the lab: what attends, each step of it, who looks at whom, and what is asked."""

import streamlit as st

from dlviz.ui import address, digit, lesson, warm
from dlviz.ui.attention import questions, settings, source, told, view, whatif
from dlviz.ui.attention.run import Run, prepared
from dlviz.ui.attention.state import FIELDS, INPUTS, LAB, VIEWS, get, put, renew
from dlviz.ui.plain import plain
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
    view.take()
    left, right = st.columns([1, 2.6], gap="large")
    try:
        with left:
            given = source.current()
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


def _beside(given: source.Source) -> Run:
    """The settings, and what is said of the pass."""
    settings.weights()
    random = given.digit is None and get("weights") == "random"
    with warm.waiting():
        attend = prepared(given, *(settings.fitting() if random else (0, 0)))
    heads = attend.attention.heads
    settings.steps(given, heads, min(get("head"), heads - 1))
    run = attend(whatif.changes(given, heads))
    if run.logits is not None:
        st.subheader(f"The network says {plain(told.says(run, run.logits))}", anchor=False)
    st.caption(plain(told.made(run)))
    if run.changes.intervened:
        st.markdown(f"**Intervened.** {plain(told.changed(run))}")
    if given.digit is not None:
        view.over(run)
    elif run.changes.intervened:
        view.moves(run)
    return run


def _pictures(run: Run) -> None:
    view.stages(run)
    left, right = st.columns([1.3, 1], gap="large")
    with left:
        view.large(run)
    with right:
        st.segmented_control(
            "The large pattern",
            list(VIEWS),
            format_func=VIEWS.__getitem__,
            required=True,
            key=f"{LAB}.view",
        )
        st.markdown(f"**What is ÷ √{run.steps.head_dim} for?** {told.saturation(run)}")
        view.scales(run)


def _around(run: Run) -> None:
    lesson.predict(LAB, lambda: questions.ask(run))
    lesson.code(LAB, questions.sources(run), lambda: questions.script(run), "dlviz_attention.py")
    lesson.words(LAB)
