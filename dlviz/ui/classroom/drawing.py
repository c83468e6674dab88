"""The digit that a question is about, beside the question."""

from __future__ import annotations

from functools import lru_cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

import numpy as np

from dlviz.classroom.board import Asked
from dlviz.classroom.links import Situation
from dlviz.ui.classroom.sent import read_situation
from dlviz.ui.components.gallery import gallery

if TYPE_CHECKING:
    from dlviz.ui.inputs.digit import DigitFields


def show_drawing(asked: Asked) -> None:
    """Draw the digit that a question is about, if it is about one: "your drawing" is the teacher's."""
    pixels = _find(asked.link) if asked.link else None
    if pixels is not None:
        alt = "The drawing that the question is about."
        grey = (pixels[None] * 255).round().astype(np.uint8)
        gallery(f"class.drawing.{asked.id}", grey, ["the drawing"], alt, side=96)


@lru_cache(64)
def _find(link: str) -> np.ndarray | None:
    return find_drawing(read_situation(link))


def find_drawing(situation: Situation) -> np.ndarray | None:
    """The digit (28, 28) in [0, 1] that a lab reads in a situation; None if it reads something else."""
    from dlviz.data import digits
    from dlviz.ui.inputs.digit import test_digit

    if situation.page not in ("mlp", "cnn", "rnn", "attention", "block", "race"):
        return None
    lab = import_module(f"dlviz.ui.labs.{situation.page}.state").LAB
    state: DigitFields = lab.state_of(dict(situation.query))
    if not _reads_digit(situation.page, state):
        return None
    if state.sample >= 0:
        return test_digit(state.sample)[0]
    return digits.from_text(state.digit) if state.digit else None


def _reads_digit(page: str, state: Any) -> bool:
    match page:
        case "rnn" | "attention":
            return state.input == "digit"
        case "block":
            return (state.part, state.network) == ("stream", "digit")
        case "race":
            return state.view == "inside"
    return True
