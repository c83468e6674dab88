"""The view My runs: those of this browser, to open, compare, name, pin, resume, export and delete."""

from __future__ import annotations

import streamlit as st

from dlviz.training.runs import service
from dlviz.ui.labs.training.my_runs.actions import show_actions
from dlviz.ui.labs.training.my_runs.fine_tunings import show_fine_tunings
from dlviz.ui.labs.training.my_runs.import_weights import show_import
from dlviz.ui.labs.training.my_runs.table import choose_filters, choose_rows, row_of
from dlviz.ui.labs.training.state import LAB, State
from dlviz.ui.runs import commands, polling, sentences
from dlviz.ui.server import owner_cookie


def show(state: State) -> None:
    """List the runs, the newest first, and offer to import weights."""
    runs = service.shared().runs(owner_cookie.token())
    if not runs:
        st.info("You have no runs yet: train one, and it stands here.", icon=":material/history:")
    else:
        st.caption(
            f"{sentences.count(len(runs), 'run')} of this browser. Tick one or several; a column’s name "
            "sorts by it. When the disk fills up, the oldest that are not pinned (★) are dropped."
        )
        above = st.container(horizontal=True, vertical_alignment="center", gap="small")
        with above:
            rows = choose_filters([row_of(status) for status in runs])
        chosen = choose_rows(rows, state.compare) if rows else []
        if not rows:
            st.info("No run passes these filters.", icon=":material/filter_alt_off:")
        with above:
            show_actions(chosen)
        commands.show_refusal()
        commands.forget_refusal()
        _watch([(status.run, status.state) for status in runs])
    show_fine_tunings()
    show_import()


def _watch(shown: list[tuple[str, str]]) -> None:
    """Draw the table anew when one of its runs goes on, ends or is gone."""
    if all(state in polling.SETTLED for _, state in shown):
        return
    st.fragment(run_every=polling.RESTING, key=f"{LAB}.mine.watch")(rerun_if_changed)(shown)


def rerun_if_changed(shown: list[tuple[str, str]]) -> None:
    """Draw the page anew if the runs are no longer these, in these states."""
    now = service.shared().runs(owner_cookie.token())
    if [(status.run, status.state) for status in now] != shown:
        st.rerun(scope="app")
