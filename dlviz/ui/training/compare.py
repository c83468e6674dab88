"""The view Compare: ready-made experiments, and runs of one's choice laid over each other."""

from __future__ import annotations

import streamlit as st

from dlviz.training.experiments import EXPERIMENTS
from dlviz.ui.training import compare_live, compare_own, compare_plan, compare_try, live
from dlviz.ui.training.compare_fields import WAYS
from dlviz.ui.training.compared import gather
from dlviz.ui.training.state import LAB, get

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
        (compare_try if get("way") == "experiment" else compare_own).controls()
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
        compare_plan.show(experiment)


def _own() -> None:
    if not get("compare"):
        st.info(NOTHING, icon=":material/stacked_line_chart:")
        return
    live.axis()
    compare_live.show(get("compare"), "", get("rank"))
