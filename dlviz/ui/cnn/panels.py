"""What stands below the wall: one panel of detail, the questions, and the code."""

from collections.abc import Callable

import streamlit as st

from dlviz.ui import lesson
from dlviz.ui.cnn import closer, questions, why
from dlviz.ui.cnn.run import Run
from dlviz.ui.cnn.state import LAB, PANELS, get

SHOW: dict[str, Callable[[Run], None]] = {
    "unit": closer.unit,
    "why": why.show,
    "kernels": closer.kernels,
    "off": closer.switch_off,
    "dropout": closer.dropout,
}


def detail(run: Run) -> None:
    """The chosen panel."""
    st.segmented_control(
        "Look closer",
        list(PANELS),
        format_func=PANELS.__getitem__,
        required=True,
        key=f"{LAB}.panel",
        label_visibility="collapsed",
    )
    with st.container(border=True):
        SHOW[get("panel")](run)


def around(run: Run) -> None:
    """The questions, the code behind the picture and the words."""
    lesson.predict(LAB, lambda: questions.ask(run))
    lesson.code(LAB, questions.SOURCES, lambda: questions.script(run), "digit_by_hand.py")
    lesson.words(LAB)
