"""Text generation lab: a character LSTM writes, and shows what it drew from."""

from functools import partial

import streamlit as st

from dlviz.ui import lesson
from dlviz.ui.inputs.sampling import choose_sampling
from dlviz.ui.labs.generate import questions
from dlviz.ui.labs.generate.controls import choose_light, keep_own_characters
from dlviz.ui.labs.generate.forward import forward
from dlviz.ui.labs.generate.networks import load_network
from dlviz.ui.labs.generate.pictures import show_remark, show_text, take_clicks
from dlviz.ui.labs.generate.state import LAB, LONGEST, MORE
from dlviz.ui.labs.generate.writing import write_once
from dlviz.ui.prediction import ask_first
from dlviz.ui.runs import weights_choice
from dlviz.ui.server import model_cache
from dlviz.ui.text_format.markdown import plain
from dlviz.weights import BadWeights


@st.fragment
def course() -> None:
    """A prompt, the text that follows, and the distribution of every character."""
    state = LAB.restore()
    lesson.opening(LAB, "a run" if state.weights == "run" else "")
    LAB.show_notice()
    take_clicks()

    left, right = st.columns([1, 2.9], gap="large")
    with left:
        weights_choice.choose_weights(LAB)
        choose_sampling(LAB, [MORE], LONGEST)  # prompt, temperature, top-k, top-p, seed
    try:
        with left:
            network = load_network(LAB.read())
            keep_own_characters()
            choose_light(network)  # what colours the text
        state = LAB.read()

        with right, model_cache.waiting(), st.spinner("Writing …", show_time=False):
            # raw, drawn: (characters, alphabet); cell: (prompt + characters, hidden)
            passed = forward(network, state, write_once)
        with left:
            show_remark(passed)
        with right:
            asked = partial(questions.ask_main, passed, state)
            with st.container(key="below-on-a-phone"):
                ask_first(LAB, asked, partial(questions.main_question, passed, state))
            show_text(passed, state)

        lesson.footer(LAB, questions, passed, state)
    except BadWeights as problem:
        st.error(plain(str(problem)), icon=":material/scale:")
    LAB.publish(LAB.read())


course()
