"""Dreams and the search for real patches as they go on, in slices of time, while a page shows them."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from dlviz.ui.components.unit.selection import Selection
from dlviz.ui.components.wall import Stage, input_shape, stages
from dlviz.ui.growing_dreams import TURN, Dreaming
from dlviz.ui.labs.cnn.state import State
from dlviz.weights import BadWeights

if TYPE_CHECKING:
    from torch import nn

    from dlviz.dream import Target
    from dlviz.extremes import Found
    from dlviz.receptive_field import Box

LONG_SLICE = 0.25  # seconds of searching between two pictures


def begin(model: nn.Module, target: Target, state: State) -> Dreaming:
    """Begin dreams of a target, as the learner has set them up.

    Raises: BadWeights if the network computes no numbers.
    """
    from dlviz.dream import dream

    return Dreaming.begin(
        dream(
            model,
            target,
            input_shape(model),
            fourier=state.painted == "waves",
            moved=state.moved == "moved",
            seed=state.dream_seed,
        )
    )


@dataclass(eq=False)
class Search:
    """The search of a network's extremes, shared by all who wait for it.

    Args:
        coming: from batch to batch of pictures.
        found: so far.
    """

    coming: Iterator[Found]
    found: Found | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def done(self) -> bool:
        """True if all pictures have been looked at."""
        return self.found is not None and self.found.seen == self.found.count

    def go_on(self, seconds: float = LONG_SLICE) -> None:
        """Look at pictures for so long, at least at one batch."""
        with self.lock:
            end = time.monotonic() + seconds
            while not self.done:
                if (found := next(self.coming, None)) is None:
                    raise BadWeights("Inside this network are numbers that mean nothing: nothing excites it.")
                self.found = found
                if time.monotonic() > end:
                    return


def find_search(model: nn.Module, pictures: np.ndarray) -> Search:
    """The search among these pictures, as far as it has come on this server; done, if a file keeps it.

    Args:
        pictures: (n, 28, 28) or (n, 3, 32, 32) uint8.
    """
    from dlviz import extremes

    file = extremes.file_of(model, pictures)
    with TURN:
        return _search(model, _Pictures(pictures, str(file)))


@dataclass(frozen=True, eq=False)
class _Pictures:
    """Pictures, told apart by the file that keeps their extremes."""

    values: np.ndarray
    file: str

    def __hash__(self) -> int:
        return hash(self.file)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Pictures) and other.file == self.file


@lru_cache(maxsize=8)
def _search(model: nn.Module, pictures: _Pictures) -> Search:
    from pathlib import Path

    from dlviz import extremes

    file = Path(pictures.file)
    if found := extremes.load(file):
        return Search(iter(()), found)
    return Search(extremes.search_and_save(model, pictures.values, file))


def choose_target(model: nn.Module, selection: Selection, extent: str) -> Target:
    """The target that the learner looks at, before ReLU and pooling, where it still has a slope.

    Args:
        extent: a key of EXTENTS.
    """
    from dlviz.dream import Target

    stage = before_relu(model, selection.stage)
    if stage.kind != "maps":
        return Target(stage.name, selection.channel)
    if extent == "map":
        return Target(stage.name, selection.channel)
    looked_at = next(each for each in stages(model) if each.name == selection.stage)
    place = [
        position * side // small
        for position, side, small in zip(
            (selection.row, selection.col), stage.shape[1:], looked_at.shape[1:], strict=True
        )
    ]
    return Target(stage.name, selection.channel, (place[0], place[1]))


def before_relu(model: nn.Module, name: str) -> Stage:
    """The stage itself, or the last one before it that has weights."""
    from dlviz.extremes import PASSED_ON

    known = stages(model)
    at = [stage.name for stage in known].index(name)
    return next(stage for stage in known[at::-1] if not issubclass(stage.layer, PASSED_ON))


def weighted_stages(model: nn.Module) -> list[Stage]:
    """The stages that dreams can be made of."""
    from dlviz.extremes import PASSED_ON

    return [stage for stage in stages(model) if not issubclass(stage.layer, PASSED_ON)]


@lru_cache(maxsize=4096)
def seen_part(model: nn.Module, stage: str, row: int, col: int) -> Box | None:
    """The part of the input that a unit sees; None where it sees all of it."""
    from dlviz.receptive_field import receptive_field

    record = _record_of_nothing(model)
    return receptive_field(model, record, stage, row, col)["input"] if record[stage].ndim == 4 else None


@lru_cache(maxsize=16)
def _record_of_nothing(model: nn.Module) -> dict[str, np.ndarray]:
    """A trace, for the sizes of the maps."""
    import torch

    from dlviz.trace import trace

    return trace(model, torch.zeros(1, *input_shape(model)))[1]
