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
class Checkpoint:
    """A network in evaluation mode, shared and never changed.

    Args:
        facts: what its answers mean, as the run's start tells it: `classes`, `vocabulary`, `alphabet`; and
            `shuffle`, the seed by which the patches of its pictures are shuffled, if they are.
        step: after which it is.
    """

    model: nn.Module
    class_name: str
    facts: Mapping[str, object]
    step: int

    @property
    def classes(self) -> list[str]:
        """The names of the classes that it tells apart."""
        named = self.facts.get("classes")
        return [str(name) for name in named] if isinstance(named, list) else []

    @cached_property
    def problem(self) -> str:
        """A clause on weights that are no numbers to compute with; empty if all is well.

        Looked for once: there may be millions.
        """
        from dlviz import nonfinite

        return nonfinite.problem(self.model)


def load_checkpoint(run: str, step: int) -> Checkpoint:
    """The network after a step of the run; it raises BadWeights where an input makes it overflow.

    Raises: UnknownRun; BadState if the checkpoint is missing, cut or damaged.
    """
    file = checkpoints.path(service.shared().store.folder(run), step)
    # A run that goes on may write another checkpoint of the same step.
    written = file.stat().st_mtime_ns if file.exists() else 0
    with _once:
        return _read(file, step, written)


@lru_cache(maxsize=12)
def _read(file: Path, step: int, _written: int) -> Checkpoint:
    import torch

    from dlviz import nonfinite
    from dlviz.training.state import State

    torch.set_num_threads(1)
    state = State.load(file)
    return Checkpoint(nonfinite.noticed(state.model()), state.class_name, state.facts, step)


def predict(checkpoint: Checkpoint, pixels: np.ndarray) -> np.ndarray:
    """The probabilities (classes,) that the network gives a picture (28, 28) in [0, 1].

    Raises: BadWeights if it overflows.
    """
    import torch

    with torch.inference_mode():
        return checkpoint.model(picture_tensor(checkpoint, pixels)).softmax(1)[0].numpy()


def picture_tensor(checkpoint: Checkpoint, pixels: np.ndarray) -> Tensor:
    """A picture (28, 28) in [0, 1] as the network reads it: (1, 1, 28, 28), or its rows (1, 28, 28)."""
    import torch

    from dlviz.data.digits import normalise

    pixels = shuffle_as_learned(checkpoint, pixels)
    x = normalise(torch.from_numpy(np.ascontiguousarray(pixels, np.float32))[None])
    return x[:, 0] if NETWORKS[checkpoint.class_name].reads == "rows" else x


def shuffle_as_learned(checkpoint: Checkpoint, pixels: np.ndarray) -> np.ndarray:
    """Shuffle a picture's patches (height, width) where the network has learned from shuffled ones."""
    import torch

    from dlviz.data.shuffling import shuffle_with

    seed = checkpoint.facts.get("shuffle")
    return shuffle_with(torch.from_numpy(pixels), seed).numpy() if isinstance(seed, int) else pixels
