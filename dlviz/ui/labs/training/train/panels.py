"""Below the curves: one panel of what the run's network does, and what is asked about it."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from dlviz.ui import lesson
from dlviz.ui.labs.training.my_runs import downloads
from dlviz.ui.labs.training.state import LAB, PANELS, get
from dlviz.ui.labs.training.train import diagnostics, questions
from dlviz.ui.runs.live_run import LiveRun

SHOW: dict[str, Callable[[LiveRun], None]] = {
    "mistakes": diagnostics.mistakes,
    "confusion": diagnostics.confusion,
    "histograms": diagnostics.histograms,
    "take": downloads.show,
}


def show(run: LiveRun) -> None:
    """The chosen panel; of a network that was brought in nothing was measured, but it can be taken away."""
    if run.imported:
        with st.container(border=True):
            downloads.show(run)
        return
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


def lessons(run: LiveRun) -> None:
    """The questions, the code, and the script."""
    lesson.predict(LAB, lambda: questions.ask(run))
    if not run.imported:
        _code(run)


def _code(run: LiveRun) -> None:
    """The code that ran, and the script where there is one."""
    from dlviz.scripts.training import NoScript, pytorch_script

    def script() -> str:
        try:
            return pytorch_script(run.config, downloads.events(run))
        except NoScript as problem:
            return f"# {problem}\n"

    lesson.code(LAB, questions.sources(), script, "dlviz_training.py")
