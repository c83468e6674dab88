"""The network of a training run, in the CNN lab."""

from __future__ import annotations

from dlviz.training.runs.store import UnknownRun
from dlviz.ui import of_run
from dlviz.ui.cnn.state import LAB
from dlviz.ui.training.watched import watched

PREFIX = "run:"


def checkpoint(run: str) -> str:
    """Which weights the run's newest checkpoint has, in one word.

    Raises: BadWeights if there is no such run, or it has none yet.
    """
    return f"{PREFIX}{run}:{of_run.newest(run)}"


def opened(weights: str) -> of_run.Opened:
    """The network of `checkpoint`.

    Raises: BadWeights if the checkpoint is damaged or of a network that this lab cannot show.
    """
    return of_run.opened(weights.removeprefix(PREFIX).split(":")[0], LAB)


def in_colour(run: str) -> bool:
    """Whether the run's network reads pictures in colour; not if there is no such run."""
    try:
        found = watched(run)
        found.look()
    except UnknownRun:
        return False
    return str(found.start.get("network")).startswith("Colour")
