"""The view My runs: those of this browser, to open, compare, name, pin, resume and delete."""

from __future__ import annotations

import streamlit as st

from dlviz.training.runs import service
from dlviz.training.runs.service import Status
from dlviz.ui.labs.training.captions import config_summary, creation_time, state_of
from dlviz.ui.labs.training.compare import selection
from dlviz.ui.labs.training.my_runs.import_weights import show_import
from dlviz.ui.labs.training.state import LAB, State
from dlviz.ui.labs.training.train import run_buttons
from dlviz.ui.runs import sentences
from dlviz.ui.server import owner_cookie
from dlviz.ui.text_format.markdown import plain

LISTED = 40  # runs


def show(state: State) -> None:
    """List the runs, the newest first, and offer to import weights."""
    runs = service.shared().runs(owner_cookie.token())
    if not runs:
        st.info("You have no runs yet: train one, and it stands here.", icon=":material/history:")
    else:
        _offer_comparison(len(runs), state)
    run_buttons.show_refusal()
    run_buttons.forget_refusal()
    for status in runs[:LISTED]:
        _show_row(status, state)
    if len(runs) > LISTED:
        st.caption(f"The {len(runs) - LISTED:,} oldest are not listed.")
    show_import()


def _offer_comparison(count: int, state: State) -> None:
    """Say what the list is, and lead to the comparison of those that are ticked in it."""
    ticked = len(state.compare)
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
            on_click=selection.go_to_compare,
        )


def _show_row(status: Status, state: State) -> None:
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        _tick(status, state)
        with st.container(width="stretch", gap="xsmall"):
            pinned = ":material/push_pin: " if status.pinned else ""
            name, created, summary = (
                plain(status.name),
                creation_time(status, st.context.timezone),
                config_summary(status),
            )
            st.markdown(f"{pinned}**{name or created}** · {state_of(status)}")
            st.caption(f"{created} · {summary}" if name else summary)
        # On a phone all of them go to a line of their own.
        with st.container(horizontal=True, width="content"):
            _show_actions(status)


def _tick(status: Status, state: State) -> None:
    """A box that puts the run among those that are compared."""
    key, selected = f"{LAB}.mine.{status.run}.compare", status.run in state.compare
    st.session_state[key] = selected
    st.checkbox(
        f"Compare {plain(status.name) or creation_time(status, st.context.timezone)}",
        key=key,
        disabled=status.kind == "imported" or (selection.is_full(state) and not selected),
        label_visibility="collapsed",
        on_change=_take_tick,
        args=(status.run,),
    )


def _take_tick(run: str) -> None:
    selection.select(run, st.session_state[f"{LAB}.mine.{run}.compare"])


def _show_actions(status: Status) -> None:
    runs, key, send = service.shared(), f"{LAB}.mine.{status.run}", run_buttons.send
    st.button("Open", key=f"{key}.open", type="primary", on_click=_open, args=(status.run,))
    if status.can_go_on:
        st.button("Go on", key=f"{key}.go_on", on_click=_resume, args=(status.run,))
    label, pinned = ("Unpin", False) if status.pinned else ("Pin", True)
    st.button(label, key=f"{key}.pin", on_click=send, args=(runs.pin, status.run, pinned))
    with st.popover("More", key=f"{key}.more"):
        st.text_input(
            "Name", status.name, max_chars=80, key=f"{key}.name", on_change=_rename, args=(status.run,)
        )
        st.button(
            "Delete it for good",
            icon=":material/delete:",
            key=f"{key}.delete",
            on_click=send,
            args=(runs.delete, status.run),
        )


def _open(run: str) -> None:
    LAB.update(run=run, view="train")


def _resume(run: str) -> None:
    run_buttons.send(service.shared().go_on, run)
    _open(run)


def _rename(run: str) -> None:
    run_buttons.send(service.shared().rename, run, st.session_state[f"{LAB}.mine.{run}.name"])
