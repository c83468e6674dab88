"""Panels below a run's curves, on its network and its files."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from dlviz.ui.labs.training.my_runs.downloads import show_downloads
from dlviz.ui.labs.training.state import LAB, PANELS, State
from dlviz.ui.labs.training.train import diagnostics
from dlviz.ui.labs.training.train.batch_norm import show_batch_norm
from dlviz.ui.labs.training.train.evaluation import show_test_data
from dlviz.ui.labs.training.train.my_input import forget_drawing
from dlviz.ui.labs.training.train.one_step import show_one_step
from dlviz.ui.runs.live_run import LiveRun

SHOW: dict[str, Callable[[LiveRun], None]] = {
    "mistakes": diagnostics.show_mistakes,
    "confusion": diagnostics.show_confusion,
    "histograms": diagnostics.show_histograms,
    "step": show_one_step,
    "norm": show_batch_norm,
    "test": show_test_data,
    "take": show_downloads,
}


def show_panel(run: LiveRun, state: State) -> None:
    """Offer the panels, and show the chosen one.

    Of a network that was imported nothing was measured, but it can be, and it can be taken away.
    """
    forget_drawing()
    if run.imported:
        for show in (show_test_data, show_downloads):
            with st.container(border=True):
                show(run)
        return
    st.segmented_control(
        "Look closer",
        [panel for panel in PANELS if panel != "norm" or run.config.batch_norm or state.panel == "norm"],
        format_func=PANELS.__getitem__,
        required=True,
        key=LAB.key("panel"),
        label_visibility="collapsed",
        wrap=True,
    )
    with st.container(border=True):
        SHOW[state.panel](run)
