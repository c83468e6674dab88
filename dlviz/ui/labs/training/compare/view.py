"""The view Compare: ready-made experiments, and runs of one's choice laid over each other."""

from __future__ import annotations

import streamlit as st

from dlviz.training.experiments import EXPERIMENTS
from dlviz.ui.labs.training.compare.choose_runs import choose_runs
from dlviz.ui.labs.training.compare.comparison import compare
from dlviz.ui.labs.training.compare.experiment import ask_for_best, choose_experiment
from dlviz.ui.labs.training.compare.live_comparison import watch_together
from dlviz.ui.labs.training.compare.plan import show_plan
from dlviz.ui.labs.training.compare.state import WAYS
from dlviz.ui.labs.training.controls import choose_curves
from dlviz.ui.labs.training.state import LAB, State

NOTHING = (
    "Choose two runs or more, or add one by its link. Their curves are laid over each other, and what "
    "differs between them is listed."
)


def show(state: State) -> None:
    """Choose runs on the left, and compare them on the right."""
    with st.container(key="controls-beside"):
        left, right = st.columns([1, 2.9], gap="large")
    with left:
        st.radio("Compare", list(WAYS), format_func=WAYS.__getitem__, key=LAB.key("way"))
        state = choose_experiment(state) if state.way == "experiment" else choose_runs(state)
    with right:
        if state.way == "experiment":
            _show_experiment(state)
        elif state.compare:
            choose_curves()
            watch_together(state.compare, state.axis, state.smoothing, state.rank)
        else:
            st.info(NOTHING, icon=":material/stacked_line_chart:")


def _show_experiment(state: State) -> None:
    """Ask for a prediction, then show the experiment's plan, or its runs and the answer."""
    experiment = EXPERIMENTS[state.experiment]
    st.subheader(experiment.question, anchor=False)
    ask_for_best(compare(state.trial, state.experiment), state)
    if state.trial:
        choose_curves()
        watch_together(state.trial, state.axis, state.smoothing, experiment.measure, state.experiment)
    else:
        show_plan(experiment, state.seeds)
