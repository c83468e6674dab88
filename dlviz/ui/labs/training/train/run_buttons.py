"""What a run's owner does with it while it is trained; everybody else watches."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from dlviz.training.runs import service
from dlviz.training.runs.service import Refused, Status
from dlviz.training.runs.store import UnknownRun
from dlviz.ui.labs.training.state import LAB
from dlviz.ui.runs import sentences
from dlviz.ui.runs.live_run import LiveRun
from dlviz.ui.server import owner_cookie

PROBLEM, RATE = f"{LAB}.steering", f"{LAB}.new_rate"


def controls(run: LiveRun, status: Status) -> None:
    """Pause, go on, stop, and another learning rate; for the run's owner alone."""
    if not service.shared().owned_by(run.run, owner_cookie.token()):
        st.caption("You are watching another learner’s run: only they can steer it.")
        return
    runs = service.shared()
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        if status.state == "running":
            _button("Pause", ":material/pause:", runs.pause, status)
        if status.state == "paused":
            _button("Resume", ":material/play_arrow:", runs.resume, status)
        if status.state in ("waiting", "running", "paused"):
            _button("Stop", ":material/stop:", runs.stop, status)
        if status.state in ("running", "paused"):
            _rate(run, status)
        if status.can_go_on:
            label = "Go on from the last checkpoint" if run.checkpoints else "Try again"
            _button(label, ":material/resume:", runs.go_on, status)
    refused(status.run)


def _button(label: str, icon: str, steer: Callable[[str, str], None], status: Status) -> None:
    st.button(label, icon=icon, key=f"{LAB}.{steer.__name__}", on_click=do, args=(steer, status.run))


def _rate(run: LiveRun, status: Status) -> None:
    now = run.history().rate
    st.text_input(
        "New learning rate",
        key=RATE,
        placeholder=sentences.number(now),
        max_chars=20,
        width=150,
        help="From the next batch on; a schedule goes on from it in proportion. Marked on the curve.",
        on_change=_change_rate,
        args=(status.run,),
    )
    for label, factor in (("× 10", 10.0), ("÷ 10", 0.1)):
        st.button(
            label,
            key=f"{LAB}.rate.{factor}",
            disabled=now * factor >= service.HIGHEST or now * factor == 0,
            on_click=do,
            args=(service.shared().scale_rate, status.run, factor),
        )


def _change_rate(run: str) -> None:
    """What was typed; an empty field is no wish."""
    st.session_state.pop(PROBLEM, None)
    text = st.session_state[RATE].strip().replace(",", ".")
    if not text:
        return
    try:
        value = float(text)
    except ValueError:
        st.session_state[PROBLEM] = run, "A learning rate is a number above 0, such as 0.001 or 1e-3."
        return
    st.session_state[RATE] = ""
    do(service.shared().change_rate, run, value)


def do(steer: Callable[..., None], run: str, *arguments: object) -> None:
    """Ask for something in this learner's name; what is refused is said where it was asked for."""
    st.session_state.pop(PROBLEM, None)
    try:
        steer(run, owner_cookie.token(), *arguments)
    except (Refused, UnknownRun) as problem:
        st.session_state[PROBLEM] = run, str(problem)


def refused(*runs: str) -> None:
    """What was refused last, if that was about one of these runs (of any, if none is named).

    It stays until something else is asked for: a part of the page that is drawn anew every second shows it.
    """
    run, problem = st.session_state.get(PROBLEM, ("", ""))
    if problem and (run in runs or not runs):
        st.error(problem, icon=":material/block:")
