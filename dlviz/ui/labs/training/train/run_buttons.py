"""Buttons by which a run's owner controls it while it is trained; everybody else watches."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from dlviz.data.typed_numbers import BadNumber, read_number
from dlviz.training.runs import service
from dlviz.training.runs.service import Status
from dlviz.ui.labs.training.state import LAB
from dlviz.ui.labs.training.train.config_from_controls import can_train_here
from dlviz.ui.runs import commands, sentences
from dlviz.ui.runs.live_run import LiveRun
from dlviz.ui.server import owner_cookie

RATE = f"{LAB}.new_rate"


def show_buttons(run: LiveRun, status: Status) -> None:
    """Offer to pause, resume or stop the run, or to change its learning rate; to its owner alone."""
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
        if status.state == "waiting" and runs.cluster_problem(run.run) and can_train_here(run.config):
            _button("Train on the server instead", ":material/computer:", runs.train_here, status)
        if status.state in ("running", "paused"):
            _choose_rate(run, status)
        if status.can_go_on:
            label = "Go on from the last checkpoint" if run.checkpoints else "Try again"
            _button(label, ":material/resume:", runs.go_on, status)
    commands.show_refusal(status.run)


def _button(label: str, icon: str, command: Callable[[str, str], None], status: Status) -> None:
    st.button(
        label, icon=icon, key=f"{LAB}.{command.__name__}", on_click=commands.send, args=(command, status.run)
    )


def _choose_rate(run: LiveRun, status: Status) -> None:
    rate = run.history().rate
    st.text_input(
        "New learning rate",
        key=RATE,
        placeholder=sentences.number(rate),
        max_chars=20,
        width=150,
        help="From the next batch on; a schedule goes on from it in proportion. Marked on the curve.",
        on_change=_take_rate,
        args=(status.run,),
    )
    for label, factor in (("× 10", 10.0), ("÷ 10", 0.1)):
        st.button(
            label,
            key=f"{LAB}.rate.{factor}",
            disabled=rate * factor >= service.HIGHEST or rate * factor == 0,
            on_click=commands.send,
            args=(service.shared().scale_rate, status.run, factor),
        )


def _take_rate(run: str) -> None:
    """Change the rate to what was typed; an empty field is no wish."""
    commands.forget_refusal()
    text = st.session_state[RATE].strip()
    if not text:
        return
    try:
        rate = read_number(text)
    except BadNumber as problem:
        said = f"A learning rate is a number above 0, such as 0.001 or 1e-3. {problem}."
        commands.refuse(run, said)
        return
    st.session_state[RATE] = ""
    commands.send(service.shared().change_rate, run, rate)
