"""Input of the RNN lab: a digit, a sentence or a series, with the controls to choose it."""

from __future__ import annotations

import streamlit as st

from dlviz.ui.components.sentence_field import sentence_field
from dlviz.ui.inputs import digit, sentence
from dlviz.ui.labs.rnn.sequence import Sequence
from dlviz.ui.labs.rnn.series import choose_series
from dlviz.ui.labs.rnn.state import EXAMPLE, INPUTS, LAB, WORDS, State
from dlviz.ui.text_format.markdown import plain

EXAMPLES = (
    EXAMPLE,
    "great, another broken phone",
    "the hotel was lovely but the waiter was rude",
    "although the plot was boring, I loved the film",
)


def choose_sequence(state: State) -> Sequence | None:
    """The sequence that is chosen, and the controls to choose it; None while there is nothing to read.

    Raises: BadWeights if the weights that make vectors of words are missing or damaged.
    """
    if LAB.just_opened():
        digit.forget(LAB)  # also where the lab opens without its pad
    if state.weights == "run":
        return _choose_digit()  # a run of this lab has learned from pictures
    st.segmented_control(
        "What they read",
        list(INPUTS),
        format_func=INPUTS.__getitem__,
        required=True,
        key=LAB.key("input"),
        wrap=True,
        width="stretch",
    )
    match state.input:
        case "digit":
            return _choose_digit()
        case "sentence":
            return _choose_sentence()
        case _:
            values = choose_series(state)
            return None if values is None else Sequence.from_series(values)


def _choose_digit() -> Sequence | None:
    with st.container(key="paper"):
        drawing = digit.digit_input(LAB)
    with st.container(horizontal=True):
        digit.offer_other_digits(LAB)
    return None if drawing.pixels is None else Sequence.from_digit(drawing.pixels)


def _choose_sentence() -> Sequence | None:
    text = sentence_field(
        "Your sentence",
        key=LAB.key("text"),
        height=110,
        persist_state="page",
        help="English, such as people write of films and of what they have bought, or in tweets.",
    )
    with st.container(key="examples", gap="xsmall"):
        for index, example in enumerate(EXAMPLES):
            key = f"{LAB}.example.{index}"
            st.button(example, key=key, type="tertiary", on_click=_take_example, args=(example,))
    read = sentence.kept(LAB, sentence.read(text, WORDS))
    if read.remark:
        st.info(plain(read.remark), icon=":material/notes:")
    return Sequence.from_words(read) if len(read) else None


def _take_example(text: str) -> None:
    LAB.update(text=text)
