"""RNN lab: a sequence read step by step by an RNN and an LSTM, gate by gate."""

from functools import partial

import streamlit as st

from dlviz.ui import lesson
from dlviz.ui.labs.rnn import controls, questions
from dlviz.ui.labs.rnn.dreams import show_liked_rows
from dlviz.ui.labs.rnn.followers import show_followers
from dlviz.ui.labs.rnn.forward import forward
from dlviz.ui.labs.rnn.inputs import choose_sequence
from dlviz.ui.labs.rnn.networks import load_networks
from dlviz.ui.labs.rnn.pictures import show_changes, show_timeline, take_clicks
from dlviz.ui.labs.rnn.series import take_drawing
from dlviz.ui.labs.rnn.state import INPUTS, LAB, OPENINGS
from dlviz.ui.prediction import ask_first
from dlviz.ui.server import model_cache
from dlviz.ui.text_format.markdown import plain
from dlviz.weights import BadWeights


@st.fragment
def course() -> None:
    """A sequence, the networks that read it step by step, and what the learner does to them meanwhile."""
    state = LAB.restore()
    lesson.opening(LAB, "a run" if state.weights == "run" else OPENINGS[state.input])
    LAB.show_notice()
    take_clicks()  # a step, a unit
    take_drawing()  # a series of one's own

    left, right = st.columns([1, 3.1], gap="medium")  # what they read has room in one row
    try:
        with left:
            sequence = choose_sequence(LAB.read())  # (steps, input): rows, words or values, or None
        with right:
            state = controls.choose(LAB.read(), sequence)

            passes = []
            if sequence is None:
                st.subheader(f"{INPUTS[state.input]}: give the networks something to read.", anchor=False)
            else:
                with model_cache.waiting():
                    networks = load_networks(sequence.kind, state)
                    passes = [forward(network, sequence, state) for network in networks]
                asked = partial(questions.ask_main, passes, state)
                ask_first(LAB, asked, partial(questions.main_question, passes, state))
                show_changes(passes, state)
                show_timeline(passes, state)  # gates and states, (steps, hidden) each
                show_followers(passes, state)
                show_liked_rows(passes, state)
            lesson.footer(LAB, questions, passes, state)
    except BadWeights as problem:
        st.error(plain(str(problem)), icon=":material/scale:")
    LAB.publish(LAB.read())


course()
