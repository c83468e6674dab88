"""Buttons over the table of runs, for those that are chosen in it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import streamlit as st

from dlviz.training.runs import service
from dlviz.training.runs.service import Status
from dlviz.ui.labs.training.compare import selection
from dlviz.ui.labs.training.compare.state import MOST_RUNS
from dlviz.ui.labs.training.my_runs import archive
from dlviz.ui.labs.training.state import LAB
from dlviz.ui.runs import commands
from dlviz.ui.text_format.numbers import counted

KEY = f"{LAB}.mine"


def show_actions(chosen: Sequence[Status]) -> None:
    """Offer what can be done with the chosen runs; what cannot be done is grey, so that nothing moves."""
    runs, ids = service.shared(), [status.run for status in chosen]
    _button("Open", ":material/open_in_new:", len(ids) == 1, _open, *ids[:1], primary=True)
    # The oldest first, as they were trained.
    trained = [status for status in chosen if status.kind == "trained"]
    _offer_comparison([status.run for status in sorted(trained, key=lambda status: status.age)])
    idle = [status.run for status in chosen if status.can_go_on]
    _button("Go on", ":material/resume:", bool(idle), _resume, idle)
    unpin = bool(chosen) and all(status.pinned for status in chosen)
    label, pinned = ("Unpin", False) if unpin else ("Pin", True)
    _button(label, ":material/push_pin:", bool(ids), commands.send_each, runs.pin, ids, pinned)
    _offer_name(chosen)
    st.download_button(
        "Export",
        partial(archive.pack, ids),
        "dlviz-runs.zip",
        icon=":material/download:",
        on_click="ignore",
        disabled=not ids,
        key=f"{KEY}.export",
        help="A zip with a folder for each run: settings, a table of every batch and epoch, and weights.",
    )
    offer_deletion("run", ids, KEY)


def _button(
    label: str, icon: str, can: bool, act: Callable[..., None], *arguments: object, primary: bool = False
) -> None:
    st.button(
        label,
        icon=icon,
        type="primary" if primary and can else "secondary",
        disabled=not can,
        key=f"{KEY}.{label}",
        on_click=act,
        args=arguments,
    )


def _offer_comparison(ids: list[str]) -> None:
    many = len(ids) > MOST_RUNS
    st.button(
        f"Compare {counted(len(ids), 'run')}" if len(ids) > 1 else "Compare",
        icon=":material/stacked_line_chart:",
        disabled=many or not ids,
        key=f"{KEY}.compare",
        on_click=_compare,
        args=(ids,),
        help=f"No more than {MOST_RUNS} runs fit into one picture." if many else None,
    )


def _offer_name(chosen: Sequence[Status]) -> None:
    with st.popover("Rename", icon=":material/edit:", disabled=len(chosen) != 1, key=f"{KEY}.rename"):
        for status in chosen[:1]:
            key = f"{KEY}.{status.run}.name"
            st.text_input("Name", status.name, max_chars=80, key=key, on_change=_rename, args=(status.run,))


def offer_deletion(noun: str, ids: list[str], key: str) -> None:
    """Offer to delete the runs that are ticked, after a second press.

    Args:
        noun: for one of them.
        key: begins the keys of the widgets.
    """
    count = counted(len(ids), noun)
    with st.popover("Delete", icon=":material/delete:", disabled=not ids, key=f"{key}.deletion"):
        st.caption(f"{count}: all curves and weights are lost.")
        st.button(
            f"Delete {count} for good",
            icon=":material/delete:",
            key=f"{key}.delete",
            disabled=not ids,
            on_click=commands.send_each,
            args=(service.shared().delete, ids),
        )


def _open(run: str) -> None:
    # Another network may have other things to show in the time machine.
    LAB.update(run=run, view="train", what="")


def _compare(ids: list[str]) -> None:
    LAB.update(compare=ids)
    selection.go_to_compare()


def _resume(ids: list[str]) -> None:
    """Let runs go on; one alone is opened too."""
    commands.send_each(service.shared().go_on, ids)
    if len(ids) == 1:
        _open(ids[0])


def _rename(run: str) -> None:
    commands.send(service.shared().rename, run, st.session_state[f"{KEY}.{run}.name"])
