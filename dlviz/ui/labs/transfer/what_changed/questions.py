"""Guesses before anything is measured."""

from __future__ import annotations

import streamlit as st

from dlviz.ui.labs.transfer.state import LAB, State
from dlviz.ui.labs.transfer.what_changed import captions
from dlviz.ui.labs.transfer.what_changed.forward import Change
from dlviz.ui.labs.transfer.what_changed.state import BELOW, KEPT
from dlviz.ui.text_format.markdown import plain


def ask_for_guesses(change: Change | None, state: State) -> None:
    """Let the learner predict which layer changes most, and how much is kept; the measurement answers.

    Args:
        change: of the tuned network, once it is measured.
    """
    left, right = st.columns(2)
    with left:
        st.radio(
            "Your guess: which layer’s weights does fine-tuning change most, for their size?",
            list(BELOW),
            index=None,
            format_func=BELOW.__getitem__,
            horizontal=True,
            key=LAB.key("guess_layer"),
        )
        if state.guess_layer is not None:
            _answer(change and captions.judge_layer(state.guess_layer, change))
    with right:
        st.radio(
            "Your guess: how much of its old task does it still get right?",
            list(KEPT),
            index=None,
            format_func=lambda name: KEPT[name][0],
            horizontal=True,
            key=LAB.key("guess_kept"),
        )
        if state.guess_kept is not None:
            _answer(change and captions.judge_kept(state.guess_kept, change))


def _answer(judged: tuple[bool, str] | None) -> None:
    if judged is None:
        st.caption("Your guess is kept. The network answers.")
        return
    right, sentence = judged
    colour, icon = ("green", "check") if right else ("orange", "lightbulb")
    st.markdown(f":{colour}[:material/{icon}: {plain(sentence)}]")
