"""The network of a training run, as the labs open it: `run=<id>&weights=run` in a lab's address."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from dlviz.networks import NETWORKS
from dlviz.training.runs.store import UnknownRun
from dlviz.ui.labs import LABS
from dlviz.ui.runs import evaluation_examples, sentences
from dlviz.ui.runs.live_run import Watched, watched

if TYPE_CHECKING:
    from dlviz.ui.runs.checkpoints import Trained


TITLES = {lab.name: lab.title for lab in LABS}


@dataclass(frozen=True, eq=False)
class Opened:
    """A run's network at its newest checkpoint.

    line: on what made it, without a full stop.
    means: what its answers mean, where a lab shows them as numbers.
    """

    run: Watched
    trained: Trained
    line: str
    means: str = ""

    @property
    def made(self) -> str:
        """What made it, and what its answers mean."""
        return self.line + self.means


def newest(run: str) -> int:
    """The step of the run's newest checkpoint.

    Raises: BadWeights if there is no such run, or it has none yet.
    """
    from dlviz.weights import BadWeights

    if not run:
        raise BadWeights("This link names no run: choose other weights.")
    try:
        found = watched(run)
        found.look()
    except UnknownRun as unknown:
        raise BadWeights(str(unknown)) from unknown
    if not found.checkpoints:
        raise BadWeights("This run has no weights yet: its turn has not come.")
    return found.checkpoints[-1]


def opened(run: str, lab: str) -> Opened:
    """The network of a run for a lab.

    Raises: BadWeights with a sentence if there is no such run, it has no weights yet, its checkpoint is
        damaged, its network is none that the lab can show, or nothing can be computed with its weights.
    """
    from dlviz.training.state import BadState
    from dlviz.ui.runs import checkpoints
    from dlviz.weights import BadWeights

    step, found = newest(run), watched(run)
    try:
        trained, config = checkpoints.at(run, step), found.config
    except (BadState, UnknownRun, ValueError) as problem:
        raise BadWeights(str(problem)) from problem
    if lab not in getattr(NETWORKS.get(trained.class_name), "labs", ()):
        raise BadWeights(f"This run’s network is {trained.class_name}, which this lab cannot show.")
    if trained.problem:
        raise BadWeights(f"Some weights of this run are {trained.problem}: it cannot say anything.")
    means = "" if config.task == "digits" or len(trained.classes) > 10 else _meanings(trained.classes)
    line = sentences.origin(found)
    if not found.brought:
        line = f"Weights of a training run, {sentences.when(found, step)}: {line}"
    return Opened(found, trained, line, means)


def _meanings(classes: list[str]) -> str:
    return "; its answers mean " + ", ".join(f"{at} {name}" for at, name in enumerate(classes))


def links(run: Watched, digit: str, sample: int) -> None:
    """A link to each of its labs, where the learner's drawing goes with them.

    Args:
        digit: the drawing as text (`dlviz.data.digits.to_text`), or nothing.
        sample: with no drawing, a test digit by its number, or −1.
    """
    drawing = {"digit": digit} if digit else {"sample": str(sample)} if sample >= 0 else {}
    if evaluation_examples.shows(run.config) != "pictures" or run.config.task == "cifar10":
        drawing = {}
    for lab in labs(run):
        st.page_link(
            f"{lab}.py",
            label=f"Open in the {TITLES[lab]} lab",
            icon=":material/biotech:",
            query_params={"run": run.run, "weights": "run", **drawing},
        )


def labs(run: Watched) -> list[str]:
    """The labs that can show this run's network, once it has weights."""
    network = run.start.get("network")
    spec = NETWORKS.get(str(network))
    return [*spec.labs] if spec and run.checkpoints else []
