"""Panel on a run's network: its results on the test data, class by class, measured on demand."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from dlviz.training.options import PICTURES, TESTED
from dlviz.training.runs.store import UnknownRun
from dlviz.ui.labs.training.state import LAB
from dlviz.ui.runs import sentences
from dlviz.ui.runs.live_run import LiveRun
from dlviz.ui.text_format.markdown import plain
from dlviz.ui.text_format.numbers import counted, number, percent

if TYPE_CHECKING:
    from dlviz.training.measuring import Measured

MEASURED = f"{LAB}.tested"  # the run and the step whose network was measured
CAUTION = (
    "Test data are for the end. Whoever changes the settings until this number rises has chosen by them, and "
    "then it no longer says how the network does on what nobody has seen."
)


def show_test_data(run: LiveRun) -> None:
    """Measure the newest network on the test data of its task, at the press of a button."""
    if run.config.task not in TESTED or run.config.task not in PICTURES:
        st.caption("There are no test pictures for this task: a part of what was given is held out instead.")
        return
    if not run.checkpoints:
        st.caption("There is no network to measure before the run has begun.")
        return
    step = run.checkpoints[-1]
    st.button(
        "Measure on the test data",
        icon=":material/grading:",
        key=f"{MEASURED}.go",
        on_click=_ask,
        args=(run.run, step),
    )
    st.caption(CAUTION)
    if st.session_state.get(MEASURED) == (run.run, step):
        _show(run, step)


def _ask(run: str, step: int) -> None:
    st.session_state[MEASURED] = run, step


def _show(run: LiveRun, step: int) -> None:
    from dlviz.data.mnist import MissingData
    from dlviz.training.state import BadState
    from dlviz.training.tasks import BadTask
    from dlviz.weights import BadWeights

    try:
        with st.spinner("Measuring …"):
            measured, classes = measure(run, step)
    except (BadState, BadTask, BadWeights, MissingData, UnknownRun) as problem:
        st.error(plain(str(problem)), icon=":material/broken_image:")
        return
    counts = np.array(measured.confusion)  # (classes, classes)
    st.markdown(
        f"**{percent(measured.accuracy)} of {counts.sum():,} test examples right** "
        f"({counts.trace():,}), with a loss of {number(measured.loss)}, "
        f"{sentences.training_so_far(run, step)}."
    )
    st.table(rows(counts, classes), hide_index=True, border="horizontal", width="content")


def rows(counts: np.ndarray, classes: list[str]) -> list[dict[str, str]]:
    """A row for each class: how many there are, how many are right, and what the others are mostly taken for.

    Args:
        counts: (classes, classes), the true class by the predicted one.
    """
    table = []
    for at, name in enumerate(classes):
        others = np.where(np.arange(len(classes)) == at, -1, counts[at])
        mistaken = int(others.argmax())
        times = counted(int(others[mistaken]), "time")
        most = f"{plain(classes[mistaken])} ({times})" if others[mistaken] > 0 else "–"
        of = int(counts[at].sum())
        right = percent(counts[at, at] / of) if of else "–"
        table.append({"Class": plain(name), "Examples": f"{of:,}", "Right": right, "Mostly taken for": most})
    return table


def measure(run: LiveRun, step: int) -> tuple[Measured, list[str]]:
    """Measure the network after a step on its task's test data; with it the names of its classes."""
    return _measure(run.run, step, run.config.task)


@lru_cache(maxsize=32)
def _measure(run: str, step: int, task: str) -> tuple[Measured, list[str]]:
    from dataclasses import replace

    from dlviz.training.config import TrainingConfig
    from dlviz.training.measuring import measure as measure_examples
    from dlviz.training.runs import service
    from dlviz.training.tasks import prepare
    from dlviz.ui.runs.checkpoints import load_checkpoint

    config = TrainingConfig.from_json(service.shared().store.config(run))
    small = replace(config, test=True, test_at_end=False, patience=None, scheduler="none")
    checkpoint = load_checkpoint(run, step)
    examples = prepare(small).measured
    measured = measure_examples(checkpoint.model, examples, lambda: False)
    assert measured  # nobody stops it
    return measured, checkpoint.classes
