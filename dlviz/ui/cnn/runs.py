"""The network of a training run, in the CNN lab."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dlviz.ui import of_run
from dlviz.ui.cnn.state import LAB

if TYPE_CHECKING:
    from torch import nn

PREFIX = "run:"
CLASSES = 10  # for which the lab has room


def checkpoint(run: str) -> str:
    """Which weights the run's newest checkpoint has, in one word.

    Raises: BadWeights if there is no such run, or it has none yet.
    """
    return f"{PREFIX}{run}:{of_run.newest(run)}"


def opened(weights: str) -> tuple[nn.Module, None, str]:
    """The network of `checkpoint`, no seed, and a line on what made it.

    Raises: BadWeights if the checkpoint is damaged or of a network that this lab cannot show.
    """
    from dlviz.weights import BadWeights

    found = of_run.opened(weights.removeprefix(PREFIX).split(":")[0], LAB)
    if len(found.trained.classes) != CLASSES:
        raise BadWeights("This run tells another number of classes apart than the ten of this lab.")
    return found.trained.model, None, found.made
