"""The view My runs: those of this browser, to open, keep, name, go on with and delete."""

from __future__ import annotations

from datetime import datetime

import streamlit as st

from dlviz.training.config import TrainingConfig
from dlviz.training.runs import service
from dlviz.training.runs.service import Status
from dlviz.training.runs.store import UnknownRun
from dlviz.ui.labs.training.compare import pin
from dlviz.ui.labs.training.my_runs import import_weights
from dlviz.ui.labs.training.state import LAB, get, put
from dlviz.ui.labs.training.train import run_buttons
from dlviz.ui.runs import sentences
from dlviz.ui.server import owner_cookie
from dlviz.ui.text_format.markdown import plain

SHOWN = 40
STATES = {"waiting": "waiting", "running": "learning now", "paused": "paused", "interrupted": "interrupted"}
ENDED = {
    "done": "finished",
    "stopped": "stopped",
    "early": "stopped early",
    "diverged": "loss no longer a number",
    "time": "time used up",
    "failed": "failed",
    "full": "disk full",
}


def show() -> None:
    """The list, the newest first."""
    runs = service.shared().runs(owner_cookie.token())
    if not runs:
        st.info("You have no runs yet: train one, and it stands here.", icon=":material/history:")
    else:
        _compare(len(runs))
    run_buttons.refused()
    st.session_state.pop(run_buttons.PROBLEM, None)
    for status in runs[:SHOWN]:
        _row(status)
    if len(runs) > SHOWN:
        st.caption(f"The {len(runs) - SHOWN:,} oldest are not listed.")
    import_weights.show()


def _compare(count: int) -> None:
    """What the list is, and the way to compare those that are ticked in it."""
    ticked = len(get("compare"))
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(
            f"{sentences.count(count, 'run')} of this browser. Tick those whose curves you want to "
            "see over each "
            "other. When the disk fills up, old ones that are not pinned are dropped, the oldest first.",
            width="stretch",
        )
        st.button(
            f"Compare {sentences.count(ticked, 'run')}" if ticked else "Compare",
            icon=":material/stacked_line_chart:",
            disabled=not ticked,
            key=f"{LAB}.mine.compare",
            on_click=pin.go,
        )


def _tick(status: Status) -> None:
    """Whether it is among those that are compared."""
    key, chosen = f"{LAB}.mine.{status.run}.compare", status.run in get("compare")
    st.session_state[key] = chosen
    st.checkbox(
        f"Compare {plain(status.name) or when(status)}",
        key=key,
        disabled=status.kind == "imported" or (pin.full() and not chosen),
        label_visibility="collapsed",
        on_change=_ticked,
        args=(status.run,),
    )


def _ticked(run: str) -> None:
    pin.choose(run, st.session_state[f"{LAB}.mine.{run}.compare"])


def _row(status: Status) -> None:
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        _tick(status)
        with st.container(width="stretch", gap="xsmall"):
            pinned = ":material/push_pin: " if status.pinned else ""
            st.markdown(f"{pinned}**{plain(status.name) or when(status)}** · {_state(status)}")
            st.caption(f"{when(status)} · {summarised(status)}" if status.name else summarised(status))
        with st.container(
            horizontal=True, width="content"
        ):  # on a phone all of them go to a line of their own
            _actions(status)


def when(status: Status) -> str:
    """When it was handed in."""
    return f"{datetime.fromtimestamp(status.created):%d %B, %H:%M}"


def _state(status: Status) -> str:
    return STATES.get(status.state) or ENDED.get(status.reason, status.state)


def summarised(status: Status) -> str:
    """Its config in one line, or why there is none."""
    if status.kind == "imported":
        return status.sentence
    try:
        return sentences.summary(TrainingConfig.from_json(service.shared().store.config(status.run)))
    except (UnknownRun, ValueError) as problem:
        return str(problem)


def called(status: Status) -> str:
    """A run among others: Streamlit tells options apart by their labels, so no two are called alike."""
    pinned = "★ " if status.pinned else ""
    return f"{pinned}{status.run[:6]} · {status.name or summarised(status)} · {when(status)}"


def _actions(status: Status) -> None:
    runs, key = service.shared(), f"{LAB}.mine.{status.run}"
    st.button("Open", key=f"{key}.open", type="primary", on_click=_open, args=(status.run,))
    if status.can_go_on:
        st.button("Go on", key=f"{key}.go_on", on_click=_go_on, args=(status.run,))
    label, wanted = ("Unpin", False) if status.pinned else ("Pin", True)
    st.button(label, key=f"{key}.pin", on_click=run_buttons.do, args=(runs.pin, status.run, wanted))
    with st.popover("More", key=f"{key}.more"):
        st.text_input(
            "Name", status.name, max_chars=80, key=f"{key}.name", on_change=_rename, args=(status.run,)
        )
        st.button(
            "Delete it for good",
            icon=":material/delete:",
            key=f"{key}.delete",
            on_click=run_buttons.do,
            args=(runs.delete, status.run),
        )


def _open(run: str) -> None:
    put("run", run)
    put("view", "train")


def _go_on(run: str) -> None:
    run_buttons.do(service.shared().go_on, run)
    _open(run)


def _rename(run: str) -> None:
    run_buttons.do(service.shared().rename, run, st.session_state[f"{LAB}.mine.{run}.name"])
