"""The course of the lab: texts, an encoder, and one of four views of what it does with them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from dlviz.ui import lesson
from dlviz.ui.components import address
from dlviz.ui.labs.bert import attention, captions, inputs
from dlviz.ui.labs.bert.forward import Run, run
from dlviz.ui.labs.bert.state import FIELDS, LAB, VIEWS, get
from dlviz.ui.server import model_cache
from dlviz.ui.text_format.markdown import plain

if TYPE_CHECKING:
    from dlviz.encoders.loading import Encoder

DREW = f"{LAB}.drew"  # the last texts that could be drawn


@st.fragment
def lab() -> None:
    """All of it; runs again with every change."""
    from dlviz.encoders import NoEncoder
    from dlviz.weights import BadWeights

    if address.restore(LAB, FIELDS):
        inputs.arrived()
    address.notice()
    attention.take()
    try:
        _lab()
    except (NoEncoder, BadWeights) as problem:
        st.error(str(problem), icon=":material/scale:")
    address.publish(LAB, FIELDS)


def _lab() -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        _views()
        inputs.model()
    texts = get("text"), get("other")
    if get("view") != "embeddings":
        texts = inputs.texts(get("view") != "sentiment")
        inputs.examples()
    with model_cache.waiting(model_cache.BERT):
        encoder = inputs.encoder()
    current = _run(encoder, texts)
    _view(current)
    st.caption(plain(captions.made(encoder)))
    _around(current)


def _views() -> None:
    st.segmented_control(
        "View",
        list(VIEWS),
        format_func=VIEWS.__getitem__,
        required=True,
        key=f"{LAB}.view",
        label_visibility="collapsed",
        wrap=True,
    )


def _run(encoder: Encoder, texts: tuple[str, str]) -> Run:
    """The texts, read; where they hold no token of text, the last that did."""
    try:
        current = run(encoder, *texts)
        st.session_state[DREW] = texts
    except ValueError:
        st.info("In this text the encoder finds no token: write a sentence.", icon=":material/notes:")
        current = run(encoder, *st.session_state.get(DREW, (FIELDS["text"].default, "")))
    if remark := captions.cut(current.tokens):
        st.info(remark, icon=":material/content_cut:")
    return current


def _view(current: Run) -> None:
    from dlviz.ui.labs.bert import embeddings, explain, sentiment

    match get("view"):
        case "attention":
            attention.attention(current)
        case "explain":
            explain.explain(current)
        case "embeddings":
            embeddings.embeddings(current.encoder)
        case _:
            sentiment.sentiment(current)


def _around(current: Run) -> None:
    from dlviz.ui.labs.bert import questions

    lesson.predict(LAB, lambda: questions.ask(current))
    lesson.code(LAB, questions.SOURCES, lambda: questions.script(current), "dlviz_bert.py")
    lesson.words(LAB)
