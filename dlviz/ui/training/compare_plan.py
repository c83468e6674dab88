"""An experiment before it is run: what its runs share, and in what they differ."""

from __future__ import annotations

from dataclasses import asdict

import streamlit as st

from dlviz.training.experiments import Experiment
from dlviz.ui.training import compare_table, mine, told, words


def show(experiment: Experiment) -> None:
    """Its runs, before the first of them has begun."""
    runs = experiment.runs()
    usual = runs[0][1]
    st.markdown(
        f"**Press Run**, and {told.count(len(runs), 'network')} learn the same thing: "
        f"{mine.plain(words.TASKS[usual.task])}, {told.count(usual.samples, 'example')}, "
        f"{told.count(usual.epochs, 'epoch')}, {usual.model}. They begin with the same random weights, and "
        "differ in this alone:"
    )
    st.table(
        compare_table.differing({label: asdict(config) for label, config in runs}),
        hide_index=True,
        border="horizontal",
        width="content",
    )
