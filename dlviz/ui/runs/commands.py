"""Commands to runs in a learner's name, and why the last one was refused."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from dlviz.training.runs.service import Refused
from dlviz.training.runs.store import UnknownRun
from dlviz.ui.server import owner_cookie
from dlviz.ui.text_format.markdown import plain

REFUSAL = "runs.steering"  # the run that a command was refused for, and why


def send(command: Callable[..., None], run: str, *arguments: object) -> None:
    """Send a run a command in this learner's name, and remember why it was refused.

    Args:
        command: a method of the server's runs that takes the run, its owner's token, and the arguments.
    """
    forget_refusal()
    try:
        command(run, owner_cookie.token(), *arguments)
    except (Refused, UnknownRun) as problem:
        refuse(run, str(problem))


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
    refuse(runs[0], " ".join(said))


def refuse(run: str, sentence: str) -> None:
    """Remember why a command to a run was refused."""
    st.session_state[REFUSAL] = run, sentence


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
