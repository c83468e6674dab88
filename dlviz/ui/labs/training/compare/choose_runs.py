"""Runs of the learner's choice: their own, pinned ones first, and whatever they have a link of."""

from __future__ import annotations

import streamlit as st

from dlviz.training.runs import service
from dlviz.training.runs.service import Status
from dlviz.training.runs.store import UnknownRun
from dlviz.ui.labs.training.compare.pin import FULL
from dlviz.ui.labs.training.compare.state import MOST, RANKS, named
from dlviz.ui.labs.training.my_runs import view
from dlviz.ui.labs.training.state import LAB, get, put
from dlviz.ui.server import owner_cookie

TYPED, PROBLEM, BEGUN = (f"{LAB}.compare.{name}" for name in ("typed", "problem", "begun"))
NO_RUN = "That names no run: a run’s link ends in run= and 20 letters and digits."


def controls() -> None:
    """Which runs."""
    runs = [status for status in service.shared().runs(owner_cookie.token()) if status.kind == "trained"]
    runs.sort(key=lambda status: not status.pinned)
    _begin(runs)
    called = {run: _linked(run) for run in get("compare")} | {each.run: view.called(each) for each in runs}
    if called:
        st.multiselect(
            "Runs",
            list(called),
            format_func=called.__getitem__,
            max_selections=MOST,
            placeholder="Choose some",
            wrap=True,
            key=f"{LAB}.compare",
            help="Your own, pinned ones first. Runs that differ in their seed alone become one band.",
        )
    else:
        st.caption(
            "You have no runs yet. Train one, run an experiment, or add another learner’s by its link."
        )
    st.segmented_control(
        "Ranked by",
        list(RANKS),
        format_func=RANKS.__getitem__,
        required=True,
        key=f"{LAB}.rank",
        help="Of validation data the best epoch counts, of test data the last: these may choose nothing.",
    )
    st.text_input(
        "Add a run by its link",
        placeholder="…/training?run=…",
        max_chars=2000,
        key=TYPED,
        on_change=_add,
        help="Whoever has a run’s link may watch it.",
    )
    if problem := st.session_state.pop(PROBLEM, ""):
        st.error(problem, icon=":material/link_off:")


def _begin(runs: list[Status]) -> None:
    """At the first look: the pinned ones, and the one that was open."""
    if BEGUN not in st.session_state and not get("compare"):
        pinned = [status.run for status in runs if status.pinned]
        own = {status.run for status in runs}
        put("compare", list(dict.fromkeys([*pinned, *({get("run")} & own)]))[:MOST])
    st.session_state[BEGUN] = True


def _linked(run: str) -> str:
    """Another learner's run, or one that is no longer here."""
    try:
        return f"{service.shared().status(run).name or 'Linked run'} · {run[:6]}"
    except UnknownRun:
        return f"Not here · {run[:6]}"


def _add() -> None:
    """Whatever runs the text names; if one is not here, none is added."""
    text = st.session_state[TYPED]
    found, now = named(text), get("compare")
    if not text.strip():
        return
    try:
        for run in found:
            service.shared().status(run)
    except UnknownRun as problem:
        st.session_state[PROBLEM] = str(problem)
        return
    wanted = list(dict.fromkeys([*now, *found]))
    if not found or len(wanted) > MOST:
        st.session_state[PROBLEM] = FULL if found else NO_RUN
        return
    put("compare", wanted)
    st.session_state[TYPED] = ""
