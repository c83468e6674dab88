"""An experiment before it is run: what its runs share, and in what they differ."""

from __future__ import annotations

from dataclasses import asdict

import streamlit as st

from dlviz.training.analysis.timing import Timing
from dlviz.training.experiments import Experiment, Labelled
from dlviz.training.runs.scheduler import places
from dlviz.ui.labs.training.compare import table
from dlviz.ui.labs.training.state import LAB
from dlviz.ui.labs.training.train import duration
from dlviz.ui.runs import sentences, vocabulary
from dlviz.ui.text_format.markdown import plain

EVERY = 1.5  # seconds between two looks at what is tried out


def show_plan(experiment: Experiment, seeds: int) -> None:
    """Describe an experiment's runs, before the first of them has begun."""
    runs = experiment.runs()
    usual = runs[0][1]
    st.markdown(
        f"**Press Run**, and {sentences.count(len(runs), 'network')} learn the same thing: "
        f"{plain(vocabulary.TASKS[usual.task])}, {sentences.count(usual.samples, 'example')}, "
        f"{sentences.count(usual.epochs, 'epoch')}, {usual.model}. They begin with the same random "
        "weights, and differ in this:"
    )
    st.table(
        table.differing_settings({label: asdict(config) for label, config in runs}),
        hide_index=True,
        border="horizontal",
        width="content",
    )
    planned = experiment.runs(seeds)
    every = None if predict_seconds(planned) else EVERY
    st.fragment(run_every=every, key=f"{LAB}.compare.predicted")(_show_duration)(planned, every)


def _show_duration(planned: Labelled, every: float | None) -> None:
    """Say how long all runs take, as soon as that has been tried out."""
    seconds = predict_seconds(planned)
    if seconds is None:
        st.caption("Trying out how long that takes …")
        return
    if isinstance(seconds, str):
        st.caption(seconds)
    else:
        st.caption(
            f"{sentences.count(len(planned), 'run')}, {places()} at a time: about "
            f"{sentences.duration(seconds)} on this machine if nobody else waits."
        )
    if every:
        st.rerun(scope="app")


def predict_seconds(planned: Labelled) -> float | str | None:
    """Seconds of all runs, as many at a time as the cores bear; a sentence if one cannot be trained.

    None while that is being tried out.
    """
    known = [(duration.trial.ask(config), config) for _, config in planned]
    if refused := [timing for timing, _ in known if isinstance(timing, str)]:
        return refused[0]
    each = [timing.of(config) for timing, config in known if isinstance(timing, Timing)]
    return sum(each) / min(places(), len(each)) if len(each) == len(planned) else None
