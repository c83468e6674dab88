"""The network of a training run, as the labs open it: `run=<id>&weights=run` in a lab's address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from dlviz.networks import NETWORKS
from dlviz.training.config import TrainingConfig
from dlviz.training.runs.store import UnknownRun
from dlviz.ui.runs import evaluation_examples, sentences
from dlviz.ui.runs.live_run import LiveRun, watch

if TYPE_CHECKING:
    from dlviz.ui.runs.checkpoints import Checkpoint


DRAWING_TOKENS = 1 + 49  # the class token, and the patches of a drawing


@dataclass(frozen=True, eq=False)
class OpenedRun:
    """A run's network at its newest checkpoint.

    Args:
        provenance: on what made it, without a full stop.
    """

    run: LiveRun
    checkpoint: Checkpoint
    provenance: str


def newest_step(run: str) -> int:
    """The step of the run's newest checkpoint.

    Raises: BadWeights if there is no such run, or it has none yet.
    """
    from dlviz.weights import BadWeights

    if not run:
        raise BadWeights("This link names no run: choose other weights.")
    try:
        found = watch(run)
        found.history()
    except UnknownRun as unknown:
        raise BadWeights(str(unknown)) from unknown
    if not found.checkpoints:
        raise BadWeights("This run has no weights yet: its turn has not come.")
    return found.checkpoints[-1]


def open_run(run: str, lab: str) -> OpenedRun:
    """Open the network of a run for a lab.

    Raises: BadWeights with a sentence if there is no such run, it has no weights yet, its checkpoint is
        damaged, its network is none that the lab can show, or nothing can be computed with its weights.
    """
    from dlviz.training.state import BadState
    from dlviz.ui.runs import checkpoints
    from dlviz.weights import BadWeights

    step, found = newest_step(run), watch(run)
    try:
        checkpoint = checkpoints.load_checkpoint(run, step)
        _ = found.config  # which may be damaged
    except (BadState, UnknownRun, ValueError) as problem:
        raise BadWeights(str(problem)) from problem
    if found.config.shuffle is not None:
        raise BadWeights("This run has learned from pictures with shuffled patches: labs show none of these.")
    if lab not in _labs_of(found.config, checkpoint.class_name):
        raise BadWeights(f"This run’s network is {checkpoint.class_name}, which this lab cannot show.")
    model = checkpoint.model
    if NETWORKS[checkpoint.class_name].cuts and model.get_parameter("positions").shape[0] != DRAWING_TOKENS:
        raise BadWeights("This run’s network reads pictures in colour, and this lab’s drawings have none.")
    if checkpoint.problem:
        raise BadWeights(f"Some weights of this run are {checkpoint.problem}: it cannot say anything.")
    provenance = sentences.provenance(found)
    if not found.imported:
        provenance = f"Weights of a training run, {sentences.training_so_far(found, step)}: {provenance}"
    return OpenedRun(found, checkpoint, provenance)


def show_links(run: LiveRun, titles: Mapping[str, str], digit: str, sample: int) -> None:
    """Link to each of the run's labs, where the learner's drawing goes with them.

    Args:
        titles: of the labs, by their names.
        digit: the drawing as text (`dlviz.data.digits.to_text`), or nothing.
        sample: with no drawing, a test digit by its number, or −1.
    """
    drawing = {"digit": digit} if digit else {"sample": str(sample)} if sample >= 0 else {}
    if evaluation_examples.kind(run.config) != "pictures" or run.config.task == "cifar10":
        drawing = {}
    for lab in labs(run):
        st.page_link(
            f"{lab}.py",
            label=f"Open in the {titles[lab]} lab",
            icon=":material/biotech:",
            query_params={"run": run.run, "weights": "run", **drawing},
        )


def labs(run: LiveRun) -> list[str]:
    """The labs that can show this run's network, once it has weights."""
    network = str(run.start.get("network"))
    found = [*_labs_of(run.config, network)] if run.checkpoints else []
    # Such a lab would say in a sentence that it cannot show photographs.
    return [] if found and NETWORKS[network].drawings_only and run.config.task == "cifar10" else found


def _labs_of(config: TrainingConfig, network: str) -> tuple[str, ...]:
    """Labs that show such a network and can give it what it has learnt to read."""
    spec = NETWORKS.get(network)
    unreadable = evaluation_examples.kind(config) == "sequences" or config.shuffle is not None
    return () if spec is None or unreadable else spec.labs
