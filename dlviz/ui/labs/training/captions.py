"""Captions of a run in a list of runs."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from dlviz.training.analysis.comparison import differences
from dlviz.training.config import TrainingConfig
from dlviz.training.runs import service
from dlviz.training.runs.service import Status
from dlviz.training.runs.store import UnknownRun
from dlviz.ui.runs import sentences, vocabulary

MOST_NAMED = 3  # settings in which two runs differ
STATES = {"waiting": "waiting", "running": "learning now", "paused": "paused", "interrupted": "interrupted"}
ENDINGS = {
    "done": "finished",
    "stopped": "stopped",
    "early": "stopped early",
    "diverged": "loss no longer a number",
    "time": "time used up",
    "failed": "failed",
    "full": "disk full",
}


def creation_time(status: Status, zone: str | None) -> str:
    """Day and time at which the run was handed in.

    Args:
        zone: the learner's, such as Europe/Rome; the server's where there is none, or none that it knows.
    """
    return f"{datetime.fromtimestamp(status.created, known_zone(zone)):%d %B, %H:%M}"


def known_zone(zone: str | None) -> ZoneInfo | None:
    """The time zone of that name; None, for the server's own, if it is not known here."""
    try:
        return ZoneInfo(zone) if zone else None
    except (ZoneInfoNotFoundError, ValueError):
        return None


def state_of(status: Status) -> str:
    """State of the run, or the reason of its end, in a few words."""
    return STATES.get(status.state) or ENDINGS.get(status.reason, status.state)


def config_summary(status: Status) -> str:
    """The run's config in one line, or a sentence on why there is none."""
    if status.kind == "imported":
        return status.sentence
    try:
        return sentences.summary(TrainingConfig.from_json(service.shared().store.config(status.run)))
    except (UnknownRun, ValueError) as problem:
        return str(problem)


def whose_settings(config: TrainingConfig | None, trained: TrainingConfig | None) -> str:
    """Say whose settings the controls hold.

    Args:
        config: that they make; None if they make none.
        trained: of the run that is open; None if none is.
    """
    if trained is None or config is None:
        return "Settings of the next run."
    both = {"next": asdict(config), "open": asdict(trained)}
    names = [vocabulary.label(name) for name in differences(both)]
    if not names:
        return "Settings of this run, and of the next."
    more = len(names) - MOST_NAMED
    shown = ", ".join(names[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
    return f"Settings of the next run. Other than in this one: {shown}."


def option(status: Status, zone: str | None) -> str:
    """Label of the run in a list to choose from; no two have the same, for Streamlit knows options by it."""
    pinned = "★ " if status.pinned else ""
    return (
        f"{pinned}{status.run[:6]} · {status.name or config_summary(status)} · {creation_time(status, zone)}"
    )
