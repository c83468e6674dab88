"""A run while it is watched: read again every second or two until it has ended."""

from __future__ import annotations

import math
from collections.abc import Sequence

import streamlit as st

from dlviz.training.analysis.comparison import Group
from dlviz.training.analysis.history import AXES, History
from dlviz.training.config import TrainingConfig
from dlviz.training.runs import service
from dlviz.training.runs.service import Status
from dlviz.training.runs.store import UnknownRun
from dlviz.ui.components.curves import Curves, curves
from dlviz.ui.labs.training.state import LAB, get
from dlviz.ui.labs.training.train import polling, run_buttons
from dlviz.ui.runs import sentences
from dlviz.ui.runs.live_run import LiveRun, watch
from dlviz.ui.server import owner_cookie
from dlviz.ui.text_format.numbers import percent

ENDED = 5.0  # seconds between two looks at a run that has stopped but may be let go on
SEEN = f"{LAB}.seen"
AXIS = {"step": "Steps", "epoch": "Epochs", "seconds": "Seconds"}
SETTLED = ("ended", "interrupted")


def show(run: LiveRun, status: Status) -> None:
    """The run; its clock stops when it has ended for good: any other its owner may let go on elsewhere."""
    over = status.state in SETTLED
    every = polling.every(owner_cookie.token()) if not over else ENDED if status.can_go_on else None
    st.session_state[SEEN] = _mark(run, over)
    st.fragment(run_every=every, key=f"{LAB}.live")(_watch)(run.run)
    if every is None:
        notice_deletion(run.run)


def notice_deletion(*runs: str) -> None:
    """Where no clock looks at runs any more, one that draws nothing notices when an owner deletes one."""
    st.fragment(run_every=ENDED, key=f"{LAB}.there")(_still_there)(runs)


def _still_there(runs: Sequence[str]) -> None:
    """Draws all of the page anew once a run is deleted: no file can be made of it any more."""
    try:
        for run in runs:
            service.shared().store.folder(run)
    except UnknownRun:
        st.rerun(scope="app")


def _mark(run: LiveRun, over: bool) -> tuple[object, ...]:
    """What the rest of the page depends on: when it changes, all of the page is drawn anew."""
    return run.run, over, run.newest_epoch.get("step"), run.checkpoints[-1:]


def _watch(name: str) -> None:
    polling.every(owner_cookie.token())  # who watches is counted; the page's next run asks how often to look
    try:
        status = service.shared().status(name)
        run = watch(name)
        history = run.history()
    except UnknownRun:
        st.rerun(scope="app")
    _standing(run, status, history)
    run_buttons.controls(run, status)
    _numbers(history, run.config)
    curves(f"{LAB}.curves", Curves([Group("This run", [history])], axis=get("axis")))
    if _mark(run, status.state in SETTLED) != st.session_state[SEEN]:
        st.rerun(scope="app")


def _standing(run: LiveRun, status: Status, history: History) -> None:
    """How far the run is, or what holds it."""
    if status.state == "waiting":
        st.info(sentences.holdup(status, history.step > 0), icon=":material/hourglass_top:")
    elif status.state == "interrupted" or status.reason in ("failed", "full", "diverged"):
        st.error(sentences.holdup(status), icon=":material/error:")
    elif status.sentence:
        st.success(
            f"{sentences.holdup(status)} {sentences.outcome(history, run.config)}", icon=":material/flag:"
        )
    for note in run.notes:
        st.warning(note, icon=":material/healing:")
    if run.start:
        done, line = sentences.progress(history, run.config)
        st.progress(done, f"Paused · {line}" if status.state == "paused" else line)
    elif status.state == "running":
        st.progress(*_getting_ready(run))


def _getting_ready(run: LiveRun) -> tuple[float, str]:
    if not (download := run.download):
        return 0.0, "Getting the data and the network ready …"
    done, total = download
    return done / max(total, 1), f"Downloading the data: {done / 1e6:,.0f} of {total / 1e6:,.0f} MB"


def _numbers(history: History, config: TrainingConfig) -> None:
    """The newest numbers; those of the held-out examples are an epoch's."""
    epochs, held = history.epochs, "Test" if config.test else "Validation"
    part = "test_" if config.test else ""
    loss, accuracy = (sentences.latest(epochs[f"{part}{name}"]) for name in ("loss", "accuracy"))
    shown = {
        "Training loss": sentences.number(sentences.smoothed_loss(history)),
        f"{held} loss": sentences.number(loss),
        f"{held} accuracy": percent(accuracy) if math.isfinite(accuracy) else "–",
        "Learning rate": sentences.number(history.rate),
        "Gradient norm": sentences.number(sentences.latest(history.batches["norm"])),
    }
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        for label, value in shown.items():
            st.metric(label, value, width="content")


def axis() -> None:
    """What the curves are drawn over."""
    st.segmented_control(
        "Curves over",
        list(AXES),
        format_func=AXIS.__getitem__,
        required=True,
        key=f"{LAB}.axis",
        label_visibility="collapsed",
    )
