"""Fields of the Loss landscape lab's state for the view A run's plane."""

from __future__ import annotations

from dataclasses import dataclass

from dlviz.training.runs.store import RUN
from dlviz.ui import fields

MOST_RUNS = 6
SETS = {"optimizers": "SGD, momentum, Adam", "rates": "SGD at three learning rates"}
# Bounds of the share of the variance that both axes hold: up to each, and what it is called.
SHARES = {"half": (0.5, "Less than half"), "most": (0.9, "Half to 90 %"), "all": (1.0, "More than 90 %")}


def _read_runs(text: str) -> list[str]:
    runs = list(dict.fromkeys(text.split("-")))
    if len(runs) > MOST_RUNS or any(RUN.fullmatch(run) is None for run in runs):
        raise ValueError("no runs")
    return runs


def _check_share(text: str) -> None:
    if text not in SHARES:
        raise ValueError("no share")


@dataclass(frozen=True)
class RunPlaneFields:
    """Runs, and the loss in the plane of their checkpoints.

    Args:
        runs: ids of the chosen runs.
        runs_set: a key of `SETS`, which runs are trained for a learner who has none.
        runs_norm: true to train these with batch norm.
        plane_relief: true for a surface in place of lines of equal loss.
        guess_share: a key of `SHARES`, which was expected; in older links alone.
    """

    runs: list[str] = fields.coded([], _read_runs, "-".join)
    runs_set: str = fields.choice(SETS, "optimizers")
    runs_norm: bool = fields.flag()
    plane_relief: bool = fields.flag()
    guess_share: str | None = fields.text(None, _check_share)
