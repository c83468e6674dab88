"""A lab's verdict: the heading that says what its network answers."""

from zlib import crc32

import streamlit as st

from dlviz.ui.lab import Lab


def show_verdict(lab: Lab, sentence: str) -> None:
    """Draw the verdict as a heading of its own for each sentence.

    A page that the browser has translated keeps a text that is changed in place: a new verdict must be new.

    Args:
        sentence: Markdown; what came from the learner has been made plain.
    """
    with st.container(key=f"{lab}.verdict.{crc32(sentence.encode()):08x}"):
        st.subheader(sentence, anchor=False)
