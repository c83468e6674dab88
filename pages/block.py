"""Transformer block lab: the residual stream, the order of words, and a transformer that writes."""

from functools import partial

import streamlit as st

from dlviz.ui import lesson
from dlviz.ui.inputs.sampling import choose_sampling
from dlviz.ui.labs.block import controls, pictures, questions
from dlviz.ui.labs.block.forward import (
    ForwardPass,
    OrderPass,
    WritingPass,
    compare_orders,
    forward,
    write_text,
)
from dlviz.ui.labs.block.inputs import choose_input, choose_orders, type_words
from dlviz.ui.labs.block.networks import load_network, load_writer
from dlviz.ui.labs.block.state import LAB, LONGEST, MORE
from dlviz.ui.labs.block.writing import write_once
from dlviz.ui.prediction import ask_first
from dlviz.ui.server import model_cache
from dlviz.ui.text_format.markdown import plain
from dlviz.weights import BadWeights


@st.fragment
def course() -> None:
    """One of three parts: inside the block, the order of words, or writing."""
    state = controls.open_run(LAB.restore())
    lesson.opening(LAB, state.situation)
    LAB.show_notice()
    pictures.take_clicks()
    part = {"stream": look_inside, "order": change_order, "write": let_it_write}[controls.choose_part()]
    passed = None
    try:
        passed = part()
    except BadWeights as problem:
        st.error(plain(str(problem)), icon=":material/scale:")
    state = LAB.read()
    pictures.link_onward(state)
    lesson.footer(LAB, questions, passed, state)
    LAB.publish(state)


def look_inside() -> ForwardPass | None:
    """Tokens through every station of a block, and the attention of all blocks."""
    left, right = st.columns([1, 4], gap="large")
    with left, st.container(key="settings"):
        given = choose_input()  # a text, a digit or words, or None
        controls.choose_dropout()
    state = LAB.read()
    with right:
        if given is None:
            st.subheader("Draw a digit, and the network reads it.", anchor=False)
            return None
        with model_cache.waiting():
            passed = forward(load_network(state), given, state)  # stations: (token, width)
        ask_first(LAB, partial(questions.main_question, passed, state), place="stream")
        pictures.show_block(passed, state)
    pictures.show_attention(passed, state)
    return passed


def change_order() -> OrderPass:
    """The same words in two orders through the same blocks, with and without positions."""
    left, right = st.columns([1, 3.4], gap="large")
    with left, st.container(key="settings"):
        orders = choose_orders(type_words())
        controls.choose_blocks()
    with right:
        controls.choose_table()
        state = LAB.read()
        with model_cache.waiting():
            passed = compare_orders(orders, state)  # one, two: (word, embed)
        ask_first(LAB, partial(questions.main_question, passed, state), place="order")
        pictures.show_orders(passed, state)
        pictures.show_positions(passed, state)
    return passed


def let_it_write() -> WritingPass:
    """A text, character by character, and where every block looked."""
    left, right = st.columns([1, 3.4], gap="large")
    with left:
        choose_sampling(LAB, [1, MORE], LONGEST, seed="draw_seed")
    state = LAB.read()
    with right, model_cache.waiting(), st.spinner("Writing …", show_time=False):
        # Its attention is (characters, layers, heads, context).
        passed = write_text(load_writer(), state, write_once)
    if passed.remark:
        left.info(plain(passed.remark), icon=":material/notes:")
    with right:
        pictures.show_text(passed, state)
    return passed


course()
