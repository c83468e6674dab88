"""The view Compare: ready-made experiments, and runs of one's choice laid over each other."""

from __future__ import annotations

import streamlit as st

from dlviz.training.experiments import EXPERIMENTS
from dlviz.ui.labs.training.compare import choose_runs, plan
from dlviz.ui.labs.training.compare import experiment as compare_try
from dlviz.ui.labs.training.compare import live as compare_live
from dlviz.ui.labs.training.compare.gathered import gather
from dlviz.ui.labs.training.compare.state import WAYS
from dlviz.ui.labs.training.state import LAB, get
from dlviz.ui.labs.training.train import live

NOTHING = (
    "Choose two runs or more, or add one by its link. Their curves are laid over each other, and what "
    "differs between them is listed."
)


def show() -> None:
    """What is compared on the left, the comparison on the right."""
    with st.container(key="controls-beside"):
        left, right = st.columns([1, 2.9], gap="large")
    with left:
        st.radio("Compare", list(WAYS), format_func=WAYS.__getitem__, key=f"{LAB}.way")
        (compare_try if get("way") == "experiment" else choose_runs).controls()
    with right:
        (_experiment if get("way") == "experiment" else _own)()


def _experiment() -> None:
    experiment = EXPERIMENTS[get("experiment")]
    st.subheader(experiment.question, anchor=False)
    compared = gather(get("trial"), get("experiment"))
    compare_try.guess(compared)
    if get("trial"):
        live.axis()
        compare_live.show(get("trial"), get("experiment"), experiment.measure)
    else:
        plan.show(experiment)


def _own() -> None:
    if not get("compare"):
        st.info(NOTHING, icon=":material/stacked_line_chart:")
        return
    live.axis()
    compare_live.show(get("compare"), "", get("rank"))
