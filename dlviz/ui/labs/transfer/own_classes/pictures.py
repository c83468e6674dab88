"""From a head to the pictures that show what it answers, and why."""

import streamlit as st

from dlviz.transfer.backbones import Backbone
from dlviz.transfer.picture_sets import PictureSet
from dlviz.ui.components.class_map import Answered, class_map
from dlviz.ui.labs.transfer.own_classes.captions import describe_answer, verdict
from dlviz.ui.labs.transfer.own_classes.forward import Answer, Learned, answer
from dlviz.ui.labs.transfer.state import LAB, State
from dlviz.ui.session_cache import compute_once
from dlviz.ui.verdict import show_verdict


def show_answer(backbone: Backbone, learned: Learned, own: PictureSet, state: State) -> None:
    """Draw the answer for the picture that is chosen."""
    pictures = own.pictures()
    picture = pictures[min(state.own_shown, len(pictures) - 1)]
    given = compute_once(f"{LAB}.own.answer", (learned, picture), lambda: answer(backbone, learned, picture))
    show_verdict(LAB, verdict(given))
    class_map(f"{LAB}.own.map", answered(given))
    st.caption(describe_answer(given))


def answered(given: Answer) -> Answered:
    """An answer as its component takes it."""
    return Answered(
        given.picture.jpeg, given.classes, given.probabilities, given.logits, given.bias, given.maps
    )
