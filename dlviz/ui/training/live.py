"""A run while it is watched: read again every second until it has ended."""

from __future__ import annotations

from functools import partial

import streamlit as st

from dlviz.training.comparison import Group
from dlviz.training.runs import service
from dlviz.training.runs.service import Refused, Status
from dlviz.training.runs.store import UnknownRun
from dlviz.ui import owner
from dlviz.ui.curves import Curves, curves
from dlviz.ui.training.state import LAB, get
from dlviz.ui.training.watched import watched

EVERY = 1.0  # seconds
SETTLED = ("ended", "interrupted")
PROBLEM = f"{LAB}.steering"


def show(run: str) -> None:
    """The run; its clock stops when it has ended."""
    try:
        over = service.shared().status(run).state in SETTLED
    except UnknownRun as unknown:
        st.info(str(unknown), icon=":material/search_off:")
        return
    st.fragment(run_every=None if over else EVERY, key=f"{LAB}.live")(_watch)(run, over)


def _watch(run: str, over: bool) -> None:
    try:
        status = service.shared().status(run)
        told = watched(run)
        history = told.look()
    except UnknownRun as unknown:
        st.info(str(unknown), icon=":material/search_off:")
        return
    if (status.state in SETTLED) != over:
        st.rerun(scope="app")  # which starts or stops the clock
    st.text(f"{status.state} {status.sentence}")
    if service.shared().owned_by(run, owner.token()):
        _steering(status)
    curves(f"{LAB}.curves", Curves([Group(status.name or "This run", [history])], axis=get("axis")))


def _steering(status: Status) -> None:
    with st.container(horizontal=True):
        runs = service.shared()
        if status.state in ("waiting", "running", "paused"):
            st.button("Stop", on_click=partial(_do, runs.stop, status.run), key=f"{LAB}.stop")
        if status.can_go_on:
            st.button("Go on", on_click=partial(_do, runs.go_on, status.run), key=f"{LAB}.go_on")


def _do(steer, run: str, *arguments: object) -> None:
    try:
        steer(run, owner.token(), *arguments)
    except (Refused, UnknownRun) as problem:
        st.session_state[PROBLEM] = str(problem)
