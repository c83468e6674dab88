"""Guesses before anything is measured, and their answers."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dlviz.ui.labs.transfer.state import LAB, State
from dlviz.ui.labs.transfer.what_changed import captions
from dlviz.ui.labs.transfer.what_changed.forward import Change
from dlviz.ui.labs.transfer.what_changed.state import BELOW, KEPT
from dlviz.ui.text_format.markdown import plain


def ask_for_guesses() -> list[DeltaGenerator]:
    """Let the learner predict which layer changes most, and how much is kept; the places for the answers."""
    left, right = st.columns(2)
    left.radio(
        "Your guess: which layer’s weights does fine-tuning change most, for their size?",
        list(BELOW),
        index=None,
        format_func=BELOW.__getitem__,
        horizontal=True,
        key=LAB.key("guess_layer"),
    )
    right.radio(
        "Your guess: how much of its old task does it still get right?",
        list(KEPT),
        index=None,
        format_func=lambda name: KEPT[name][0],
        horizontal=True,
        key=LAB.key("guess_kept"),
    )
    return [left.empty(), right.empty()]


def answer_guesses(places: Sequence[DeltaGenerator], change: Change | None, state: State) -> None:
    """Answer the guesses from what was measured.

    Args:
        change: of the tuned network; None before it is measured.
    """
    guesses = (state.guess_layer, captions.judge_layer), (state.guess_kept, captions.judge_kept)
    for place, (guess, judge) in zip(places, guesses, strict=True):
        if guess is None:
            continue
        if change is None:
            place.caption("Your guess is kept. The network answers.")
            continue
        right, sentence = judge(guess, change)
        colour, icon = ("green", "check") if right else ("orange", "lightbulb")
        place.markdown(f":{colour}[:material/{icon}: {plain(sentence)}]")
