"""Runs of the learner's choice: their own, pinned ones first, and whatever they have a link of."""

from __future__ import annotations

import streamlit as st

from dlviz.training.runs import service
from dlviz.training.runs.service import Status
from dlviz.training.runs.store import UnknownRun
from dlviz.ui.labs.training import captions
from dlviz.ui.labs.training.compare.selection import FULL
from dlviz.ui.labs.training.compare.state import MOST_RUNS, RANKS, find_run_ids
from dlviz.ui.labs.training.state import LAB, State
from dlviz.ui.server import owner_cookie
from dlviz.ui.text_format.markdown import plain

LINK, PROBLEM, BEGUN = (f"{LAB}.compare.{name}" for name in ("typed", "problem", "begun"))
NO_RUN = "That names no run: a run’s link ends in run= and 20 letters and digits."


def choose_runs(state: State) -> State:
    """Controls for the runs and their ranking; the state that they leave."""
    runs = [status for status in service.shared().runs(owner_cookie.token()) if status.kind == "trained"]
    runs.sort(key=lambda status: not status.pinned)
    if BEGUN not in st.session_state and not state.compare:
        state = _preselect(runs, state)
    st.session_state[BEGUN] = True
    labels = {run: _label_linked(run) for run in state.compare}
    labels |= {status.run: captions.option(status, st.context.timezone) for status in runs}
    if labels:
        st.multiselect(
            "Runs",
            list(labels),
            format_func=labels.__getitem__,
            max_selections=MOST_RUNS,
            placeholder="Choose some",
            wrap=True,
            key=LAB.key("compare"),
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
        key=LAB.key("rank"),
        help="Of validation data the best epoch counts, of test data the last: these may choose nothing.",
    )
    st.text_input(
        "Add a run by its link",
        placeholder="…/training?run=…",
        max_chars=2000,
        key=LINK,
        on_change=_take_link,
        help="Whoever has a run’s link may watch it.",
    )
    if problem := st.session_state.pop(PROBLEM, ""):
        st.error(plain(problem), icon=":material/link_off:")
    return state


def _preselect(runs: list[Status], state: State) -> State:
    """Begin with the pinned runs, and the one that was open if it is the learner's own."""
    pinned = [status.run for status in runs if status.pinned]
    opened = {state.run} & {status.run for status in runs}
    return LAB.update(compare=list(dict.fromkeys([*pinned, *opened]))[:MOST_RUNS])


def _label_linked(run: str) -> str:
    """Label of another learner's run, or of one that is no longer here."""
    try:
        return f"{service.shared().status(run).name or 'Linked run'} · {run[:6]}"
    except UnknownRun:
        return f"Not here · {run[:6]}"


def _take_link() -> None:
    """Add the runs that the text names; if one is not here, none is added."""
    text = st.session_state[LINK]
    found = find_run_ids(text)
    if not text.strip():
        return
    try:
        for run in found:
            service.shared().status(run)
    except UnknownRun as problem:
        st.session_state[PROBLEM] = str(problem)
        return
    compare = list(dict.fromkeys([*LAB.read().compare, *found]))
    if not found or len(compare) > MOST_RUNS:
        st.session_state[PROBLEM] = FULL if found else NO_RUN
        return
    LAB.update(compare=compare)
    st.session_state[LINK] = ""
