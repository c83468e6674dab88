"""Texts of the BERT lab: the learner's own, or ones to begin with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from dlviz.ui.components.sentence_field import sentence_field
from dlviz.ui.labs.bert import captions
from dlviz.ui.labs.bert.forward import ForwardPass, NoToken, forward
from dlviz.ui.labs.bert.state import EXAMPLES, LAB, State

if TYPE_CHECKING:
    from dlviz.encoders.loading import Encoder

LAST = f"{LAB}.last"  # the last texts with a character in them
LAST_READ = f"{LAB}.last.read"  # the last texts with a token in them


def choose_texts(state: State) -> tuple[str, str]:
    """The text and the one it is paired with, and the fields for them; of no text, the last that was one.

    The view of embeddings has a field of its own, that of sentiment takes one text alone.
    """
    if state.view == "embeddings":
        return state.text, state.other
    pair = state.view != "sentiment"
    left, right = st.columns([3, 2]) if pair else (st, None)
    with left.container():
        sentence_field(
            "Your text",
            key=LAB.key("text"),
            height=80,
            help="One sentence or many, in English.",
            persist_state="page",
        )
    if right:
        with right:
            sentence_field(
                "A second text",
                key=LAB.key("other"),
                height=80,
                help="Optional: both are then read as a pair.",
                persist_state="page",
            )
    texts = state.text, state.other
    if state.text.strip():
        st.session_state[LAST] = texts
    else:
        st.info("There is no text to read: write a sentence.", icon=":material/notes:")
        texts = st.session_state.get(LAST, (State.text, State.other))
    with st.container(key="examples", horizontal=True, gap="small"):
        for text, other in EXAMPLES.items():
            label = f"{text} + {other}" if pair and other else text
            st.button(
                label,
                key=f"{LAB}.example.{text}",
                type="tertiary",
                on_click=_take_example,
                args=(text, other),
            )
    return texts


def _take_example(text: str, other: str) -> None:
    LAB.update(text=text, other=other, pinned=-1)


def forward_or_last(encoder: Encoder, texts: tuple[str, str], state: State) -> ForwardPass:
    """The forward pass; of texts without a token, that of the last ones that had one."""
    try:
        passed = forward(encoder, texts, state)
        st.session_state[LAST_READ] = texts
    except NoToken:
        st.info("The encoder finds no token in this text: write a sentence.", icon=":material/notes:")
        passed = forward(encoder, st.session_state.get(LAST_READ, (State.text, State.other)), state)
    if remark := captions.left_out(passed.tokens):
        st.info(remark, icon=":material/content_cut:")
    return passed
