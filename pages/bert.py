"""BERT lab: every layer and head of a pre-trained encoder on the learner's own text."""

from functools import partial

import streamlit as st

from dlviz.encoders import NoEncoder
from dlviz.ui import lesson
from dlviz.ui.labs.bert import captions, questions
from dlviz.ui.labs.bert.attention import show_attention, take_clicks
from dlviz.ui.labs.bert.embeddings import show_embeddings
from dlviz.ui.labs.bert.encoders import (
    choose_encoder,
    load_encoder,
    name_in_use,
    type_model_of_link,
)
from dlviz.ui.labs.bert.explanation import show_explanation
from dlviz.ui.labs.bert.inputs import choose_texts, forward_or_last
from dlviz.ui.labs.bert.sentiment import show_sentiment
from dlviz.ui.labs.bert.state import LAB, VIEWS, situation
from dlviz.ui.labs.bert.tuned import is_asked_for, name_tuned
from dlviz.ui.prediction import ask_first
from dlviz.ui.server import model_cache
from dlviz.ui.text_format.markdown import plain
from dlviz.ui.verdict import show_sentence
from dlviz.ui.view_choice import choose_view
from dlviz.weights import BadWeights


@st.fragment
def course() -> None:
    """Texts, an encoder, and one of four views of what it does with them."""
    state = LAB.restore()
    heading = st.container()  # the tasks are those of the model that is chosen below
    if LAB.just_opened():
        type_model_of_link(state)
    LAB.show_notice()
    take_clicks()

    try:
        with st.container(horizontal=True, vertical_alignment="center"):
            choose_view(LAB, VIEWS)
            choose_encoder()
        state = LAB.read()
        with heading:
            lesson.opening(LAB, situation(state, name_tuned(name_in_use(), state)))
        texts = choose_texts(state)  # a text, and the one that it is paired with, or ""
        with model_cache.waiting(model_cache.BERT):
            encoder = load_encoder(state)

        # its attention is (layer, head, query, key), its vectors are (layer + 1, token, hidden)
        passed = forward_or_last(encoder, texts, state)
        match state.view:
            case "attention":
                asked = partial(questions.ask_main, passed, state)
                ask_first(LAB, asked, partial(questions.main_question, passed, state))
                show_attention(passed, state)
            case "explain":
                show_explanation(passed)
            case "embeddings":
                show_embeddings(encoder)
            case _:
                show_sentiment(passed)
        if state.view != "sentiment":  # which has a network of its own
            show_sentence(
                f"{LAB}.provenance", st.caption, plain(captions.provenance(encoder, is_asked_for(LAB.read())))
            )

        lesson.footer(LAB, questions, passed, LAB.read())
    except (NoEncoder, BadWeights) as problem:
        st.error(plain(str(problem)), icon=":material/scale:")
    LAB.publish(LAB.read())


course()
