"""The validation loss that a learner expects of a run, drawn before it begins, and then beside what comes."""

from __future__ import annotations

import streamlit as st

from dlviz.training.analysis.history import History
from dlviz.training.config import TrainingConfig
from dlviz.ui.labs.training.state import LAB
from dlviz.ui.labs.training.train.questions import main_question
from dlviz.ui.prediction import ask_first, forget, predicted
from dlviz.ui.runs.live_run import LiveRun

PLACE = "train"
AWAITED = f"{LAB}.prediction.run"  # the run whose curve was drawn before


def ask_planned(config: TrainingConfig | None) -> None:
    """Ask for the curve of a run that is planned; one drawn for a run of other axes is forgotten."""
    asked = main_question(config) if config else None
    kept = predicted(LAB, PLACE)
    if kept and (asked is None or kept.question != asked):
        forget(LAB, PLACE)
    if asked:
        waiting = "Your curve is kept. Press Train: the computed one joins it."
        ask_first(LAB, lambda: asked, place=PLACE, waiting=waiting)


def await_answer(config: TrainingConfig, run: str) -> None:
    """Let a run that has just been handed in answer what was drawn for it, and nothing else."""
    kept = predicted(LAB, PLACE)
    if kept and kept.question == main_question(config):
        st.session_state[AWAITED] = run
    else:
        forget(LAB, PLACE)


def show_beside(run: LiveRun, history: History) -> None:
    """Draw the curve that was expected of a run, and the run's own as far as it has come."""
    if predicted(LAB, PLACE) and st.session_state.get(AWAITED) == run.run:
        waiting = "Your curve is kept. After the first epoch the computed one begins."
        ask_first(LAB, lambda: main_question(run.config, history), place=PLACE, waiting=waiting, again=False)
