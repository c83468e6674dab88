"""A run while it is watched: read again every second or two until it has ended."""

from __future__ import annotations

import math

import numpy as np
import streamlit as st

from dlviz.training.analysis.comparison import Group
from dlviz.training.analysis.history import History
from dlviz.training.config import TrainingConfig
from dlviz.training.runs import service
from dlviz.training.runs.service import Status
from dlviz.training.runs.store import UnknownRun
from dlviz.ui.components.curves import Curves, curves
from dlviz.ui.labs.training.state import LAB
from dlviz.ui.labs.training.train import run_buttons
from dlviz.ui.labs.training.train.expectation import show_beside
from dlviz.ui.runs import polling, sentences
from dlviz.ui.runs.live_run import LiveRun, watch
from dlviz.ui.server import owner_cookie
from dlviz.ui.text_format.markdown import plain
from dlviz.ui.text_format.numbers import percent
from dlviz.ui.verdict import show_sentence

SEEN = f"{LAB}.seen"


def watch_run(run: LiveRun, status: Status, axis: str, smoothing: int) -> None:
    """Show the run, again and again until it has ended for good: any other its owner may let go on elsewhere.

    Args:
        axis: of the curves.
        smoothing: batches of their median.
    """
    settled = status.state in polling.SETTLED
    every = polling.RESTING if status.can_go_on else None
    if not settled:
        every = polling.interval(owner_cookie.token())
    st.session_state[SEEN] = _fingerprint(run, settled)
    st.fragment(run_every=every, key=f"{LAB}.live")(_show)(run.run, axis, smoothing)
    if every is None:
        polling.notice_deletion(LAB, run.run)


def _fingerprint(run: LiveRun, settled: bool) -> tuple[object, ...]:
    """The part of a run's state on which the rest of the page depends."""
    return run.run, settled, run.newest_epoch.get("step"), run.checkpoints[-1:]


def _show(name: str, axis: str, smoothing: int) -> None:
    # Counted among those who watch; the page's next run asks how often to look.
    polling.interval(owner_cookie.token())
    try:
        status = service.shared().status(name)
        run = watch(name)
        history = run.history()
    except UnknownRun:
        st.rerun(scope="app")
    _show_progress(run, status, history)
    run_buttons.show_buttons(run, status)
    show_beside(run, history)
    _show_numbers(history, run.config)
    shown = Curves([Group("This run", [history])], panels(history), axis, smoothing)
    curves(f"{LAB}.curves", shown)
    if _fingerprint(run, status.state in polling.SETTLED) != st.session_state[SEEN]:
        st.rerun(scope="app")


def panels(history: History) -> tuple[str, ...]:
    """Panels of a run's curves; a learning rate that stands still is a number above them, not a flat line."""
    rates = history.batches["rate"]
    moves = len(rates) > 0 and np.nanmin(rates) < np.nanmax(rates)
    return ("loss", "accuracy", *(("rate",) if moves else ()), "norm")


def _show_progress(run: LiveRun, status: Status, history: History) -> None:
    """Say how far the run is, or what holds it."""
    if status.state == "waiting":
        show_sentence(
            f"{LAB}.holdup",
            st.info,
            plain(sentences.holdup(status, history.step > 0, service.shared().cluster_problem(status.run))),
            icon=":material/hourglass_top:",
        )
    elif status.state == "interrupted" or status.reason in ("failed", "full", "diverged"):
        st.error(plain(sentences.holdup(status)), icon=":material/error:")
    elif status.sentence:
        show_sentence(
            f"{LAB}.outcome",
            st.success,
            f"{sentences.holdup(status)} {sentences.outcome(history, run.config)}",
            icon=":material/flag:",
        )
    for note in run.notes:
        st.warning(plain(note), icon=":material/healing:")
    if run.start:
        done, line = sentences.progress(history, run.config)
        st.progress(done, f"Paused · {line}" if status.state == "paused" else line)
    elif status.state == "running" and run.download:
        done, total = run.download
        line = f"Downloading the data: {done / 1e6:,.0f} of {total / 1e6:,.0f} MB"
        st.progress(done / max(total, 1), line)
    elif status.state == "running":
        st.progress(0.0, "Getting the data and the network ready …")
    machine, machines = service.shared().place_of(run.run), service.shared().machines()
    if machine is not None and machines is not None:
        st.caption(plain(sentences.training_place(machine, machines)))


def _show_numbers(history: History, config: TrainingConfig) -> None:
    """The newest numbers; those of the held-out examples are an epoch's."""
    data, prefix = ("Test", "test_") if config.test else ("Validation", "")
    loss, accuracy = (sentences.latest(history.epochs[f"{prefix}{name}"]) for name in ("loss", "accuracy"))
    shown = {
        "Training loss": sentences.number(sentences.smoothed_loss(history)),
        f"{data} loss": sentences.number(loss),
        f"{data} accuracy": percent(accuracy) if math.isfinite(accuracy) else "–",
        "Learning rate": sentences.number(history.rate),
        "Gradient norm": sentences.number(sentences.latest(history.batches["norm"])),
    }
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        for label, value in shown.items():
            st.metric(label, value, width="content")
