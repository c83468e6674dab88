"""What a learner has chosen in the view Compare, as its part of the page's address."""

from __future__ import annotations

import re
from functools import lru_cache

from dlviz.training.experiments import EXPERIMENTS
from dlviz.training.runs.store import RUN
from dlviz.ui.components import address

MOST = 24  # runs in one picture
SEEDS = (1, 3)
RANKS = {"loss": "Loss", "accuracy": "Accuracy"}
WAYS = {"experiment": "A ready-made experiment", "own": "Runs of my choice"}
LETTERS = re.compile(r"[0-9a-f]+")


def _runs(text: str) -> list[str]:
    runs = list(dict.fromkeys(text.split("-")))
    if len(runs) > MOST or any(RUN.fullmatch(run) is None for run in runs):
        raise ValueError("no runs")
    return runs


def _seeds(text: str) -> int:
    if text not in map(str, SEEDS):
        raise ValueError("no number of seeds")
    return int(text)


@lru_cache(maxsize=1)
def _labels() -> frozenset[str]:
    return frozenset(label for each in EXPERIMENTS.values() for label, _ in each.runs())


def _guess(text: str) -> str:
    if text not in _labels():
        raise ValueError("no run of an experiment")
    return text


FIELDS: address.Fields = {
    "way": address.choice(list(WAYS), "experiment"),
    "experiment": address.choice(list(EXPERIMENTS), "learning-rate"),
    "seeds": address.Field(1, _seeds),
    "guess": address.Field(None, _guess),
    "trial": address.Field([], _runs, "-".join),
    "rank": address.choice(list(RANKS), "loss"),
    "compare": address.Field([], _runs, "-".join),
}


def named(text: str) -> list[str]:
    """The runs that a typed text or a link speaks of: words of exactly an id's letters."""
    return list(dict.fromkeys(word for word in LETTERS.findall(text) if RUN.fullmatch(word)))
