"""The course of the lab: a prompt, the text that follows, and the distribution of every character."""

import streamlit as st

from dlviz.ui import lesson
from dlviz.ui.components import address
from dlviz.ui.labs.generate import captions, pictures
from dlviz.ui.labs.generate.forward import Run, run
from dlviz.ui.labs.generate.networks import network
from dlviz.ui.labs.generate.state import (
    FIELDS,
    LAB,
    LIGHTS,
    LONGEST,
    MORE,
    TEMPERATURES,
    TOP_K,
    TOP_P,
    get,
    put,
)
from dlviz.ui.runs import weights_choice
from dlviz.ui.server import model_cache
from dlviz.ui.text_format.markdown import plain
from dlviz.weights import BadWeights


@st.fragment
def lab() -> None:
    """All of it; runs again with every change."""
    address.restore(LAB, FIELDS)
    address.notice()
    pictures.take()
    left, right = st.columns([1, 2.9], gap="large")
    with left:
        weights_choice.control(LAB)
        _controls()
    try:
        with left:
            _light()
        with right, model_cache.waiting(), st.spinner("Writing …", show_time=False):
            current = run()
        with left:
            st.caption(captions.light(current))
            if current.remark:
                st.info(plain(current.remark), icon=":material/notes:")
        with right:
            pictures.text(current)
            st.caption(plain(captions.places(current)))
            st.caption(f"{captions.surprise(current)} {plain(current.network.made)}")
        _around(current)
    except BadWeights as problem:
        st.error(str(problem), icon=":material/scale:")
    address.publish(LAB, FIELDS)


def _controls() -> None:
    st.text_area("The beginning", key=f"{LAB}.prompt", height=100, help="The network reads it and goes on.")
    st.select_slider(
        "Temperature",
        TEMPERATURES,
        key=f"{LAB}.temperature",
        help="0 always takes the most probable character; the higher, the bolder.",
    )
    st.select_slider(
        "Only the k most probable", TOP_K, key=f"{LAB}.top_k", help="Top-k: all others become impossible."
    )
    st.select_slider(
        "Only the fewest with p together",
        TOP_P,
        key=f"{LAB}.top_p",
        help="Top-p: the fewest that have this probability together; 1 keeps all.",
    )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.number_input("Seed", 0, 9999, key=f"{LAB}.seed", help="Another seed, another text.", width=150)
        st.button(
            f"{MORE} more",
            icon=":material/add:",
            on_click=_more,
            disabled=get("length") >= LONGEST,
            help=f"At most {LONGEST:,} characters.",
        )


def _light() -> None:
    current = network()
    lights = [light for light in LIGHTS if current.measurable or light in ("unit", "none")]
    if get("light") not in lights:
        put("light", "unit")
    st.selectbox(
        "Light the text by a unit that follows",
        lights,
        format_func=LIGHTS.__getitem__,
        key=f"{LAB}.light",
    )
    if not current.measurable:
        st.caption("In so large a network it would take too long to look for units that follow something.")
    if get("light") == "unit":
        put("unit", min(get("unit"), current.units - 1))
        st.number_input("Unit", 0, current.units - 1, key=f"{LAB}.unit", persist_state="page")


def _more() -> None:
    put("length", min(LONGEST, get("length") + MORE))
    put("at", -1)


def _around(current: Run) -> None:
    from dlviz.ui.labs.generate import questions

    lesson.predict(LAB, lambda: questions.ask(current))
    lesson.code(LAB, questions.SOURCES, lambda: questions.script(current), "dlviz_generate.py")
    lesson.words(LAB)
