"""Input of the Transformer block lab: words, a digit or a text, and the words' other order."""

import random

import streamlit as st

from dlviz.generation import prepared
from dlviz.ui.components.sentence_field import sentence_field
from dlviz.ui.inputs.digit import digit_input, offer_other_digits
from dlviz.ui.labs.block.controls import choose_blocks
from dlviz.ui.labs.block.forward import (
    BlockInput,
    WordOrders,
    Words,
    match_orders,
    read_digit,
    read_text,
    read_words,
    split_words,
)
from dlviz.ui.labs.block.state import CHARACTERS, LAB, NETWORKS, SENTENCE
from dlviz.ui.runs import weights_choice
from dlviz.ui.text_format.markdown import plain

LAST_WORDS, LAST_ORDERS = f"{LAB}.last", f"{LAB}.order.kept"  # the last that could be used


def choose_input() -> BlockInput | None:
    """The tokens that go through the blocks, and the controls to choose it; None while the paper is empty.

    Raises: BadWeights if the weights of a learned table of positions are missing or damaged.
    """
    network = st.segmented_control(
        "What goes in",
        list(NETWORKS),
        format_func=NETWORKS.__getitem__,
        required=True,
        key=LAB.key("network"),
        wrap=True,
    )
    match network:
        case "words":
            words = type_words()
            choose_blocks()
            return read_words(words, LAB.read())
        case "digit":
            weights_choice.choose_weights(LAB)
            with st.container(key="paper"):
                drawing = digit_input(LAB)
            with st.container(horizontal=True):
                offer_other_digits(LAB)
            return None if drawing.pixels is None else read_digit(drawing.pixels)
    typed = sentence_field(
        "Your text", key=LAB.key("text"), height=110, persist_state="page", help="Each character is a token."
    )
    text, remark = prepared(typed, CHARACTERS)
    if remark:
        st.info(plain(remark), icon=":material/notes:")
    return read_text(text)


def type_words() -> Words:
    """The learner's words, and the field for them; where it holds none, the last that there were."""
    typed = sentence_field(
        "Your words",
        key=LAB.key("words"),
        height=75,
        persist_state="page",
        help="Each is a token.",
        on_change=_reverse_words,
    )
    words, remark = split_words(typed)
    if remark:
        st.info(plain(remark), icon=":material/notes:")
    words = words or st.session_state.get(LAST_WORDS, split_words(SENTENCE)[0])
    st.session_state[LAST_WORDS] = words
    return words


def _reverse_words() -> None:
    """Other words need another order: at first they are turned round."""
    if words := split_words(LAB.read().words)[0]:
        _put_order(words[::-1])


def choose_orders(words: Words) -> WordOrders:
    """The words and the learner's other order; where that has other words, the last one that had the same."""
    other = st.text_input("The same words in another order", key=LAB.key("other"), persist_state="page")
    with st.container(horizontal=True):
        st.button("Reverse", icon=":material/swap_horiz:", on_click=_put_order, args=(words[::-1],))
        st.button("Shuffle", icon=":material/shuffle:", on_click=_shuffle, args=(words,))
    try:
        orders = match_orders(words, split_words(other)[0])
    except ValueError as problem:
        last = st.session_state.get(LAST_ORDERS)
        orders = last if last is not None and last.words == words else match_orders(words, words[::-1])
        st.error(
            plain(f"{problem}. Shown is still: {' '.join(orders.other)}"),
            icon=":material/swap_horiz:",
        )
    st.session_state[LAST_ORDERS] = orders
    return orders


def _put_order(words: Words) -> None:
    LAB.update(other=" ".join(words))


def _shuffle(words: Words) -> None:
    _put_order(tuple(random.sample(words, len(words))))
