"""A learner's runs as a table that sorts, filters, and lets several be chosen."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

import streamlit as st

from dlviz.training.analysis.comparison import Group, result
from dlviz.training.analysis.history import History, history
from dlviz.training.config import TrainingConfig
from dlviz.training.runs import service
from dlviz.training.runs.service import Status
from dlviz.training.runs.store import UnknownRun
from dlviz.ui.labs.training import captions
from dlviz.ui.labs.training.state import LAB
from dlviz.ui.runs import polling, sentences, vocabulary
from dlviz.ui.runs.live_run import watch

CHOSEN = f"{LAB}.mine.chosen"  # ids of the runs that are chosen
TALLEST = 14  # rows that are seen at once
ROW, HEAD = 35, 38  # pixels
BROUGHT_IN = "brought in"


@dataclass(frozen=True)
class Row:
    """A run as the table shows it.

    Args:
        task: as a learner reads it; empty for weights that were brought in.
        best: highest share right of held-out examples, as `result` has it; None where nothing was measured.
        settings: how it is trained, in one line; or a sentence on why nobody knows.
    """

    status: Status
    task: str
    network: str
    best: float | None
    settings: str

    @property
    def name(self) -> str:
        """The run's name, or a part of its id; with a star if it is pinned."""
        return ("★ " if self.status.pinned else "") + (self.status.name or f"Run {self.status.run[:6]}")

    @property
    def state(self) -> str:
        """State of the run, in a few words."""
        return BROUGHT_IN if self.status.kind == "imported" else captions.state_of(self.status)


# Column that can be filtered -> what it shows of a row.
FILTERS: dict[str, tuple[str, Callable[[Row], str]]] = {
    "task": ("All tasks", lambda row: row.task),
    "network": ("All networks", lambda row: row.network),
    "state": ("All states", lambda row: row.state),
}


def row_of(status: Status) -> Row:
    """Look a run up."""
    store = service.shared().store
    try:
        if status.kind == "imported":
            return Row(status, "", _network_of(status.run), None, status.sentence)
        config = TrainingConfig.from_json(store.config(status.run))
        best = best_accuracy(status)
    except (UnknownRun, ValueError) as problem:
        return Row(status, "", "", None, str(problem))
    return Row(status, vocabulary.TASKS[config.task], config.model, best, sentences.training(config))


def _network_of(run: str) -> str:
    """Class of the network with which a run has begun."""
    found = watch(run)
    found.history()
    return str(found.start.get("network", ""))


def best_accuracy(status: Status) -> float | None:
    """Highest validation accuracy of a run so far, or the last on test data; None before the first epoch."""
    if status.state in polling.SETTLED:
        found = _history_on_disk(status.run, service.shared().store.event_bytes(status.run))
    else:
        found = watch(status.run).history()
    reached = result(Group(status.run, [found]), "accuracy")
    return reached.mean if reached else None


@lru_cache(maxsize=1024)
def _history_on_disk(run: str, _size: int) -> History:
    """Epochs of a run whose events take so many bytes; its batches are left out."""
    events = service.shared().store.events(run)
    return history([event for event in events if event["kind"] != "batch"])


def filtered(rows: Sequence[Row], wanted: Mapping[str, Sequence[str]]) -> list[Row]:
    """Choose the rows that have one of the wanted values in each column; an empty choice wants them all.

    Args:
        wanted: a key of `FILTERS` -> values of that column.
    """
    return [
        row
        for row in rows
        if all(not values or FILTERS[name][1](row) in values for name, values in wanted.items())
    ]


def choose_filters(rows: Sequence[Row]) -> list[Row]:
    """Offer to filter the columns in which the runs differ; the rows that remain."""
    options = {name: sorted({value(row) for row in rows} - {""}) for name, (_, value) in FILTERS.items()}
    differing = [name for name, values in options.items() if len(values) > 1]
    wanted: dict[str, list[str]] = {}
    for name in FILTERS:
        key = f"{LAB}.mine.filter.{name}"
        # What was deleted since can be wanted no more.
        wanted[name] = [each for each in st.session_state.get(key, []) if each in options[name]]
        st.session_state[key] = wanted[name]
    if differing:
        left = len(filtered(rows, wanted))
        label = "Filter" if left == len(rows) else f"Filter: {left} of {len(rows)}"
        with st.popover(label, icon=":material/filter_alt:", key=f"{LAB}.mine.filters"):
            for name in differing:
                key = f"{LAB}.mine.filter.{name}"
                st.multiselect(name.capitalize(), options[name], key=key, placeholder=FILTERS[name][0])
    return filtered(rows, wanted)


def choose_rows(rows: Sequence[Row], compared: Sequence[str]) -> list[Status]:
    """Draw the table; the runs that are chosen in it.

    Args:
        rows: one at least.
        compared: ids of the runs that are chosen at first.
    """
    ids = [row.status.run for row in rows]
    chosen = st.session_state.get(CHOSEN, compared)
    # Streamlit knows rows by their places: another list of runs is another table, with the same runs chosen.
    digest = hashlib.sha256("".join(ids).encode()).hexdigest()[:12]
    picked = st.dataframe(
        cells(rows, st.context.timezone),
        height=min(HEAD + ROW * len(rows), HEAD + ROW * TALLEST),
        hide_index=True,
        row_height=ROW,
        column_config=_columns(),
        key=f"{LAB}.mine.table.{digest}",
        on_select="rerun",
        selection_mode="multi-row",
        selection_default={"selection": {"rows": [at for at, run in enumerate(ids) if run in chosen]}},
        placeholder="",
        alt=f"{sentences.count(len(rows), 'run')} with task, network, best result, time and state.",
    )
    found = [rows[at].status for at in picked["selection"]["rows"] if at < len(rows)]
    st.session_state[CHOSEN] = [status.run for status in found]
    return found


def cells(rows: Sequence[Row], zone: str | None) -> dict[str, list[object]]:
    """Columns of the table, by their names.

    Args:
        zone: the learner's, such as Europe/Rome.
    """
    return {
        "Name": [row.name for row in rows],
        "Task": [row.task or None for row in rows],
        "Network": [row.network or None for row in rows],
        "Best result": [None if row.best is None else share_of_100(row.best) for row in rows],
        "When": [datetime.fromtimestamp(row.status.created, captions.known_zone(zone)) for row in rows],
        "State": [row.state for row in rows],
        "Settings": [row.settings for row in rows],
    }


def share_of_100(share: float) -> float:
    """A share in percent for a column of two decimals, which shows 0 or 100 for nothing else."""
    value = 100 * share
    return min(max(value, 0.01), 99.99) if 0 < share < 1 else value


def _columns() -> dict[str, Any]:
    right = (
        "Share right of the examples that were held out: of validation data in the best epoch, of test data "
    )
    return {
        "Name": st.column_config.TextColumn(width=200),
        "Task": st.column_config.TextColumn(width=190),
        "Network": st.column_config.TextColumn(width=130),
        "Best result": st.column_config.NumberColumn(
            format="%.2f %%", width=95, help=f"{right}in the last. Compare shows the losses too."
        ),
        "When": st.column_config.DatetimeColumn(format="D MMM, HH:mm", width=115),
        "State": st.column_config.TextColumn(width=120),
        "Settings": st.column_config.TextColumn(width="large"),
    }
