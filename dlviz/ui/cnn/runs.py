"""The network of a training run, in the CNN lab."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dlviz.training.runs.store import UnknownRun
from dlviz.ui.plain import plain
from dlviz.ui.training import told
from dlviz.ui.training.watched import watched

if TYPE_CHECKING:
    from torch import nn

PREFIX = "run:"
# Those with SimpleCNN's layers; the wall has room for ten classes.
SHOWN, CLASSES = ("SimpleCNN", "SimpleCNNDropout"), 10


def checkpoint(run: str) -> str:
    """Which weights the run's newest checkpoint has, in one word.

    Raises: BadWeights if there is no such run, or it has none yet.
    """
    from dlviz.weights import BadWeights

    if not run:
        raise BadWeights("This link names no run: choose other weights above.")
    try:
        found = watched(run)
        found.look()
    except UnknownRun as unknown:
        raise BadWeights(str(unknown)) from unknown
    if not found.checkpoints:
        raise BadWeights("This run has no weights yet: its turn has not come.")
    return f"{PREFIX}{run}:{found.checkpoints[-1]}"


def opened(weights: str) -> tuple[nn.Module, None, str]:
    """The network of `checkpoint`, no seed, and a line on what made it.

    Raises: BadWeights if the checkpoint is damaged or of a network that this lab cannot show.
    """
    from dlviz.training.state import BadState
    from dlviz.ui.training import networks
    from dlviz.weights import BadWeights

    run, step = weights.removeprefix(PREFIX).split(":")
    try:
        trained = networks.at(run, int(step))
        found = watched(run)
        config = found.config
    except (BadState, UnknownRun, ValueError) as problem:
        raise BadWeights(str(problem)) from problem
    if trained.class_name not in SHOWN or len(trained.classes) != CLASSES:
        raise BadWeights(
            f"This run’s network is {trained.class_name}: the CNN lab shows SimpleCNN with ten classes alone."
        )
    means = "" if config.task == "digits" else f"; its answers mean {_meanings(trained.classes)}"
    if found.brought:
        return trained.model, None, f"{told.made(found).rstrip('.')}{means}."
    made = f"Weights of a training run, after step {trained.step:,}: {told.made(found)}{means}"
    return trained.model, None, made


def _meanings(classes: list[str]) -> str:
    return ", ".join(f"{at} {plain(name)}" for at, name in enumerate(classes))
