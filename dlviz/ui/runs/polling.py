"""Clocks: how often a page looks at its runs again.

The more learners watch a run that goes on, the more seldom each of them looks. A run that has stopped may be
let go on elsewhere, so it is looked at too, and one that has ended for good may be deleted.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence

import streamlit as st

from dlviz.training.runs import service
from dlviz.training.runs.store import UnknownRun
from dlviz.ui.lab import Lab

FEW, MANY = 15, 30  # learners
FAST, SLOW = 1.0, 2.0  # seconds
FORGOTTEN = 3 * SLOW  # seconds after which one who has not looked is gone
RESTING = 5.0  # seconds between two looks at a run that has stopped
SETTLED = ("ended", "interrupted")  # states of a run that nobody trains

_last_looks: dict[str, float] = {}
_lock = threading.Lock()


def interval(learner: str) -> float:
    """Seconds until this learner's next look, which is counted with all that watch any run now."""
    with _lock:
        now = time.monotonic()
        _last_looks[learner] = now
        for other in [each for each, when in _last_looks.items() if now - when > FORGOTTEN]:
            del _last_looks[other]
        share = (len(_last_looks) - FEW) / (MANY - FEW)
    return FAST + (SLOW - FAST) * min(max(share, 0.0), 1.0)


def notice_deletion(lab: Lab, *runs: str) -> None:
    """Draw the page anew when an owner deletes one of these runs, where no other clock looks at them."""
    st.fragment(run_every=RESTING, key=f"{lab}.there")(rerun_if_deleted)(runs)


def rerun_if_deleted(runs: Sequence[str]) -> None:
    """Draw the page anew if one of these runs is gone: no file can be made of it any more."""
    try:
        for run in runs:
            service.shared().store.folder(run)
    except UnknownRun:
        st.rerun(scope="app")
