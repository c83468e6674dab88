"""Buttons by which a run's owner controls it while it is trained; everybody else watches."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from dlviz.data.typed_numbers import BadNumber, read_number
from dlviz.training.runs import service
from dlviz.training.runs.service import Refused, Status
from dlviz.training.runs.store import UnknownRun
from dlviz.ui.labs.training.state import LAB
from dlviz.ui.runs import sentences
from dlviz.ui.runs.live_run import LiveRun
from dlviz.ui.server import owner_cookie
from dlviz.ui.text_format.markdown import plain

REFUSAL = f"{LAB}.steering"  # the run that a command was refused for, and why
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
        if status.state in ("running", "paused"):
            _choose_rate(run, status)
        if status.can_go_on:
            label = "Go on from the last checkpoint" if run.checkpoints else "Try again"
            _button(label, ":material/resume:", runs.go_on, status)
    show_refusal(status.run)


def _button(label: str, icon: str, command: Callable[[str, str], None], status: Status) -> None:
    st.button(label, icon=icon, key=f"{LAB}.{command.__name__}", on_click=send, args=(command, status.run))


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
            on_click=send,
            args=(service.shared().scale_rate, status.run, factor),
        )


def _take_rate(run: str) -> None:
    """Change the rate to what was typed; an empty field is no wish."""
    forget_refusal()
    text = st.session_state[RATE].strip()
    if not text:
        return
    try:
        rate = read_number(text)
    except BadNumber as problem:
        said = f"A learning rate is a number above 0, such as 0.001 or 1e-3. {problem}."
        st.session_state[REFUSAL] = run, said
        return
    st.session_state[RATE] = ""
    send(service.shared().change_rate, run, rate)


def send(command: Callable[..., None], run: str, *arguments: object) -> None:
    """Send a run a command in this learner's name, and remember why it was refused.

    Args:
        command: a method of the server's runs that takes the run, its owner's token, and the arguments.
    """
    forget_refusal()
    try:
        command(run, owner_cookie.token(), *arguments)
    except (Refused, UnknownRun) as problem:
        st.session_state[REFUSAL] = run, str(problem)


def send_each(command: Callable[..., None], runs: Sequence[str], *arguments: object) -> None:
    """Send several runs the same command, and remember why it was refused, and for how many.

    Args:
        command, arguments: as for `send`.
    """
    refusals: dict[str, list[str]] = {}  # sentence -> runs
    for run in runs:
        send(command, run, *arguments)
        if REFUSAL in st.session_state:
            _, problem = st.session_state[REFUSAL]
            refusals.setdefault(problem, []).append(run)
    if not refusals or len(runs) == 1:
        return
    said = [f"{len(refused)} of {len(runs)}: {problem}" for problem, refused in refusals.items()]
    st.session_state[REFUSAL] = runs[0], " ".join(said)


def show_refusal(*runs: str) -> None:
    """Say why the last command was refused, if it was about one of these runs (of any, if none is named).

    The sentence stays until another command: a part of the page that is drawn anew every second shows it.
    """
    run, problem = st.session_state.get(REFUSAL, ("", ""))
    if problem and (run in runs or not runs):
        st.error(plain(problem), icon=":material/block:")


def forget_refusal() -> None:
    """Forget why the last command was refused."""
    st.session_state.pop(REFUSAL, None)
