"""Input of the Self-attention lab: the learner's words, or a digit."""

import streamlit as st

from dlviz.ui.components.sentence_field import sentence_field
from dlviz.ui.inputs.digit import digit_input, offer_other_digits
from dlviz.ui.labs.attention import interventions
from dlviz.ui.labs.attention.sequences import TokenSequence, split_digit, split_text
from dlviz.ui.labs.attention.state import EXAMPLE, INPUTS, LAB, WORDS, State

EXAMPLES = (
    EXAMPLE,
    "the river bank was muddy but the bank lent us money",
    "dog bites man and man bites dog",
)
LAST = f"{LAB}.last"  # the last text that could be read


def choose_sequence(state: State) -> TokenSequence | None:
    """The tokens that attend to each other, and the controls to choose them; None while the paper is empty.

    Raises: BadWeights if BERT is asked for and is not there.
    """
    with st.container(horizontal=True, vertical_alignment="center"):
        st.segmented_control(
            "What attends",
            list(INPUTS),
            format_func=INPUTS.__getitem__,
            required=True,
            key=LAB.key("input"),
            label_visibility="collapsed",
        )
        if state.input == "words":
            _offer_examples()
    if state.input == "words":
        return _type_words(state)
    with st.container(key="paper"):
        drawing = digit_input(LAB)
    with st.container(horizontal=True):
        offer_other_digits(LAB)
    return None if drawing.pixels is None else split_digit(drawing.pixels)


def _type_words(state: State) -> TokenSequence:
    text = sentence_field(
        "Your words",
        key=LAB.key("text"),
        height=68,
        persist_state="page",
        help=f"The first {WORDS} are read. BERT knows English.",
    )
    if not text.strip():
        st.info("There is no word to read: write some. What was read last stays.", icon=":material/notes:")
        text = st.session_state.get(LAST, EXAMPLE)
    st.session_state[LAST] = text
    with st.spinner("Loading BERT: a few seconds, once …", show_time=False):
        sequence = split_text(text, state)
    if sequence.remark:
        st.info(sequence.remark, icon=":material/notes:")
    return sequence


def _offer_examples() -> None:
    with st.popover("Examples", icon=":material/notes:"), st.container(key="examples", gap="xsmall"):
        for index, example in enumerate(EXAMPLES):
            key = f"{LAB}.example.{index}"
            st.button(example, key=key, type="tertiary", on_click=_take_example, args=(example,))


def _take_example(example: str) -> None:
    LAB.update(text=example, pin=-1, cell=None, hidden=(), edit=False)
    interventions.renew_widgets()
