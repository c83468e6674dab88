"""Sentences that change with what they are about, such as a lab's verdict: what its network answers."""

from collections.abc import Callable
from typing import Any
from zlib import crc32

import streamlit as st

from dlviz.ui.lab import Lab


def show_verdict(lab: Lab, sentence: str) -> None:
    """Draw a lab's verdict, the heading that says what its network answers.

    Args:
        sentence: Markdown; what came from the learner has been made plain.
    """
    show_sentence(f"{lab}.verdict", st.subheader, sentence, anchor=False)


def show_sentence(key: str, draw: Callable[..., object], sentence: str, **options: Any) -> None:
    """Draw a sentence as an element that is another for each sentence.

    A page that the browser has translated keeps a text that is changed in place: a new sentence must be new.

    Args:
        key: what the element's keys begin with.
        draw: such as `st.markdown`, given the sentence and the options.
        sentence: Markdown; what came from the learner has been made plain.
    """
    with st.container(key=f"{key}.{crc32(sentence.encode()):08x}"):
        draw(sentence, **options)
