"""Text classification lab: a sentence through a bidirectional LSTM, and what each word did."""

from functools import partial

import streamlit as st

from dlviz.ui import lesson
from dlviz.ui.labs.text import questions
from dlviz.ui.labs.text.forward import forward
from dlviz.ui.labs.text.inputs import choose_sentence
from dlviz.ui.labs.text.labelled_sentences import measure_own_sentences
from dlviz.ui.labs.text.networks import load_network
from dlviz.ui.labs.text.pictures import (
    show_answer,
    show_certainty,
    show_contributions,
    show_flow,
    take_clicks,
)
from dlviz.ui.labs.text.state import LAB
from dlviz.ui.prediction import ask_first
from dlviz.ui.runs import weights_choice
from dlviz.ui.server import model_cache
from dlviz.ui.text_format.markdown import plain
from dlviz.weights import BadWeights


@st.fragment
def course() -> None:
    """A text, its way through the network, and what each word has done."""
    state = LAB.restore()
    lesson.opening(LAB, "a run" if state.weights == "run" else "")
    LAB.show_notice()
    take_clicks()

    left, right = st.columns([1, 3], gap="large")
    try:
        with left:
            weights_choice.choose_weights(LAB)
            network = load_network(LAB.read())
            sentence = choose_sentence(network)
        state, passes = LAB.read(), None

        if len(sentence):
            with model_cache.waiting():
                # vectors: (words, embed); states: (words, hidden) each way; logits: (classes,)
                passed = forward(network, sentence)
            with right:
                ask_first(LAB, partial(questions.ask_main, passed), partial(questions.main_question, passed))
                show_answer(passed, state)
                show_flow(passed, state)
                passes = passed, show_contributions(passed)
            show_certainty(network)
            measure_own_sentences(network)

        lesson.footer(LAB, questions, passes, state)
    except BadWeights as problem:
        st.error(plain(str(problem)), icon=":material/scale:")
    LAB.publish(LAB.read())


course()
