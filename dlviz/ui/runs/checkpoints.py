"""A run's network as one of its checkpoints has it, loaded once for all who look at it."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from dlviz.networks import NETWORKS
from dlviz.training.runs import checkpoints, service

if TYPE_CHECKING:
    from torch import Tensor, nn

_once = threading.Lock()


@dataclass(frozen=True, eq=False)
class Trained:
    """A network in evaluation mode, never changed; what its answers mean; after how many steps it is."""

    model: nn.Module
    class_name: str
    facts: Mapping[str, object]
    step: int

    @property
    def classes(self) -> list[str]:
        """The names of what it tells apart."""
        named = self.facts.get("classes")
        return [str(name) for name in named] if isinstance(named, list) else []

    @cached_property
    def problem(self) -> str:
        """What some of its weights are; empty if all is well. Looked at once: there may be millions."""
        from dlviz import nonfinite as overflow

        return overflow.problem(self.model)


def at(run: str, step: int) -> Trained:
    """The network after a step of the run; it raises BadWeights where an input makes it overflow.

    Raises: UnknownRun; BadState if the checkpoint is missing, cut or damaged.
    """
    file = checkpoints.path(service.shared().store.folder(run), step)
    # A run that goes on may write another checkpoint of the same step.
    written = file.stat().st_mtime_ns if file.exists() else 0
    with _once:
        return _read(file, step, written)


@lru_cache(maxsize=12)
def _read(file: Path, step: int, _written: int) -> Trained:
    import torch

    from dlviz import nonfinite as overflow
    from dlviz.training.state import State

    torch.set_num_threads(1)
    state = State.load(file)
    return Trained(overflow.noticed(state.model()), state.class_name, state.facts, step)


def answer(trained: Trained, pixels: np.ndarray) -> np.ndarray:
    """The probabilities (classes,) that the network gives a picture (28, 28) in [0, 1].

    Raises: BadWeights if it overflows.
    """
    import torch

    with torch.inference_mode():
        return trained.model(as_read(trained, pixels)).softmax(1)[0].numpy()


def as_read(trained: Trained, pixels: np.ndarray) -> Tensor:
    """A picture as the network reads it: (1, 1, 28, 28), or its rows (1, 28, 28)."""
    import torch

    x = (torch.from_numpy(np.ascontiguousarray(pixels, np.float32))[None, None] - 0.5) / 0.5
    return x[:, 0] if NETWORKS[trained.class_name].reads == "rows" else x
