"""Fields of the Training lab's state for the view Compare."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from dlviz.training.experiments import EXPERIMENTS
from dlviz.training.runs.store import RUN
from dlviz.ui import fields

MOST_RUNS = 24  # in one picture
SEEDS = (1, 3)
RANKS = {"loss": "Loss", "accuracy": "Accuracy"}
WAYS = {"experiment": "A ready-made experiment", "own": "Runs of my choice"}
WORD = re.compile(r"[0-9a-f]+")


def _read_runs(text: str) -> list[str]:
    runs = list(dict.fromkeys(text.split("-")))
    if len(runs) > MOST_RUNS or any(RUN.fullmatch(run) is None for run in runs):
        raise ValueError("no runs")
    return runs


def _read_seeds(text: str) -> int:
    if text not in map(str, SEEDS):
        raise ValueError("no number of seeds")
    return int(text)


@lru_cache(maxsize=1)
def _labels() -> frozenset[str]:
    return frozenset(label for each in EXPERIMENTS.values() for label, _ in each.runs())


def _check_guess(text: str) -> None:
    if text not in _labels():
        raise ValueError("no run of an experiment")


@dataclass(frozen=True)
class CompareFields:
    """Runs that are compared.

    Args:
        way: a key of `WAYS`.
        seeds: with which each run of an experiment is trained.
        guess: label of the run that was expected to do best; in older links alone.
        trial: ids of the experiment's runs; empty before it is run.
        rank: measure by which runs of one's choice are ranked.
        compare: ids of the runs of one's choice.
    """

    way: str = fields.choice(WAYS, "experiment")
    experiment: str = fields.choice(EXPERIMENTS, "learning-rate")
    seeds: int = fields.coded(1, _read_seeds)
    guess: str | None = fields.text(None, _check_guess)
    trial: Sequence[str] = fields.coded([], _read_runs, "-".join)
    rank: str = fields.choice(RANKS, "loss")
    compare: Sequence[str] = fields.coded([], _read_runs, "-".join)


def find_run_ids(text: str) -> list[str]:
    """Ids of the runs that a typed text or a link names: words of exactly an id's letters."""
    return list(dict.fromkeys(word for word in WORD.findall(text) if RUN.fullmatch(word)))
