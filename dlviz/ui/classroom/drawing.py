"""The digit or the words that a question is about, beside the question."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import streamlit as st

from dlviz.classroom.board import Asked
from dlviz.classroom.links import Situation
from dlviz.ui.classroom.sent import read_situation
from dlviz.ui.components.gallery import gallery
from dlviz.ui.lesson_plans.shipped import find_lab
from dlviz.ui.text_format.markdown import plain

if TYPE_CHECKING:
    from dlviz.ui.inputs.digit import DigitFields

LONGEST = 200  # characters of a text that are shown


def show_drawing(asked: Asked) -> None:
    """Draw the digit that a question is about, if it is about one: "your drawing" is the teacher's."""
    pixels = _find(asked.link) if asked.link else None
    if pixels is not None:
        alt = "The drawing that the question is about."
        grey = (pixels[None] * 255).round().astype(np.uint8)
        gallery(f"class.drawing.{asked.id}", grey, ["the drawing"], alt, side=96)


def show_words(asked: Asked) -> None:
    """Write the words that a question is about, if it is about some: "your words" are the teacher's."""
    words = find_words(read_situation(asked.link)) if asked.link else ()
    if words:
        st.markdown(" · ".join(f"*“{plain(' '.join(each.split())[:LONGEST])}”*" for each in words))


@lru_cache(64)
def _find(link: str) -> np.ndarray | None:
    return find_drawing(read_situation(link))


def find_drawing(situation: Situation) -> np.ndarray | None:
    """The digit (28, 28) in [0, 1] that a lab reads in a situation; None if it reads something else."""
    from dlviz.data import digits
    from dlviz.ui.inputs.digit import test_digit

    if situation.page not in ("mlp", "cnn", "rnn", "attention", "block", "race"):
        return None
    state: DigitFields = find_lab(situation.page).state_of(dict(situation.query))
    if not _reads_digit(situation.page, state):
        return None
    if state.sample >= 0:
        return test_digit(state.sample)[0]
    return digits.from_text(state.digit) if state.digit else None


def find_words(situation: Situation) -> tuple[str, ...]:
    """The texts that a lab reads in a situation: one, or two; none if it reads something else."""
    if situation.page not in ("rnn", "text", "attention", "block", "bert"):
        return ()
    state: Any = find_lab(situation.page).state_of(dict(situation.query))
    match situation.page:
        case "block" if state.part == "order":
            words = state.words, state.other
        case "block" if state.part == "stream" and state.network != "digit":
            words = (state.words if state.network == "words" else state.text,)
        case "rnn" if state.input == "sentence":
            words = (state.text,)
        case "attention" if state.input == "words":
            words = (state.text,)
        case "text":
            words = (state.text,)
        case "bert":
            words = state.text, state.other
        case _:
            words = ()
    return tuple(filter(str.strip, words))


def _reads_digit(page: str, state: Any) -> bool:
    match page:
        case "rnn" | "attention":
            return state.input == "digit"
        case "block":
            return (state.part, state.network) == ("stream", "digit")
        case "race":
            return state.view == "inside"
    return True
