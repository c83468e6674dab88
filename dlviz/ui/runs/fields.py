"""Fields of a lab's state that say which run's network is shown."""

from dataclasses import dataclass
from typing import Any

from dlviz.training.runs.store import RUN
from dlviz.ui import fields


def _check(text: str) -> str:
    """The id of a run, or nothing; never a path."""
    if text and RUN.fullmatch(text) is None:
        raise ValueError("no run")
    return text


def run_id() -> Any:
    """A field that holds a run by its id, or nothing."""
    return fields.text("", _check)


@dataclass(frozen=True)
class RunFields:
    """Weights made for the lab, or those of a training run.

    Args:
        run: the run's id, or nothing.
        weights: "trained" or "run".
    """

    run: str = run_id()
    weights: str = fields.choice(("trained", "run"), "trained")
