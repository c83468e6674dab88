"""The view Train: the controls of the next run, and beside them what it will be, or the run itself."""

from __future__ import annotations

import streamlit as st

from dlviz.training.config import TrainingConfig
from dlviz.training.runs import service
from dlviz.training.runs.service import Refused
from dlviz.ui import owner
from dlviz.ui.training import live, setup
from dlviz.ui.training.chosen import config
from dlviz.ui.training.state import LAB, get, put

PROBLEM = f"{LAB}.problem"


def show() -> None:
    """Controls on the left, the run on the right."""
    wanted, refusal = _wanted()
    with st.container(key="controls-beside"):
        left, right = st.columns([1, 2.9], gap="large")
    with left:
        setup.Controls(refusal).draw()
        _buttons(wanted)
    with right:
        if get("run"):
            live.show(get("run"))


def _wanted() -> tuple[TrainingConfig | None, str]:
    """The config of the controls, or why there is none."""
    try:
        return config(), ""
    except ValueError as refusal:
        return None, str(refusal)


def _buttons(wanted: TrainingConfig | None) -> None:
    with st.container(horizontal=True):
        st.button(
            "Train",
            type="primary",
            icon=":material/play_arrow:",
            disabled=wanted is None,
            key=f"{LAB}.train",
            on_click=_train,
        )
    if problem := st.session_state.pop(PROBLEM, ""):
        st.error(problem, icon=":material/block:")


def _train() -> None:
    try:
        put("run", service.shared().submit(config(), owner.token()))
    except (Refused, ValueError) as problem:
        st.session_state[PROBLEM] = str(problem)
