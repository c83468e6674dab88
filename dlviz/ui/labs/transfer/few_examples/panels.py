"""Panels below the pictures: questions on the lanes, and the code behind them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import streamlit as st

from dlviz.training.examples_curve import WAYS
from dlviz.ui import lesson
from dlviz.ui.labs.transfer.few_examples.lanes import configure_lane
from dlviz.ui.labs.transfer.few_examples.pictures import class_names
from dlviz.ui.labs.transfer.few_examples.questions import (
    lesson_snippet,
    notebook_call,
    questions,
    shown_code,
)
from dlviz.ui.labs.transfer.few_examples.state import WAY_TITLES
from dlviz.ui.labs.transfer.state import LAB, State
from dlviz.ui.runs.together import Member

SCRIPT = f"{LAB}.script"


def show_panels(lanes: Mapping[str, Member], state: State) -> None:
    """Ask about the lanes, and show the code behind them."""
    lesson.predict(LAB, lambda: questions(lanes, state))
    lesson.code(LAB, shown_code, partial(_show_script, state))


def _show_script(state: State) -> None:
    """Show what is frozen as the lesson writes it, the call for a notebook, and a script of one lane."""
    from dlviz.training.tasks import prepare

    st.markdown("**As the lesson writes it**: what is frozen in the frozen way.")
    st.code(lesson_snippet(state.unfreeze, len(class_names(state.transfer))), language="python")
    way = st.segmented_control(
        "Train again",
        list(WAYS),
        default="frozen",
        format_func=WAY_TITLES.__getitem__,
        required=True,
        key=f"{SCRIPT}.way",
    )
    config = configure_lane(state, way)
    st.code(notebook_call(config), language="python")

    def pack() -> bytes:
        from dlviz.scripts.training import script_zip

        return script_zip(config, prepare(config), [], f"{way}-{state.examples}-draw-{state.draw}")

    st.download_button(
        "Run it yourself: a plain PyTorch script, its pictures and its start",
        pack,
        f"{way}-{state.examples}-draw-{state.draw}.zip",
        on_click="ignore",
        key=f"{SCRIPT}.zip",
        help="It prints the losses of the lane, and the same accuracy on the test pictures.",
    )
