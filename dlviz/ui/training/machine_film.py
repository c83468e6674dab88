"""A run's checkpoints, each asked the same: computed once for all who look, and never all in memory."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from dlviz.training.runs import checkpoints, service
from dlviz.ui.payload import half
from dlviz.ui.training import networks
from dlviz.ui.training.networks import Trained
from dlviz.ui.training.watched import Watched

if TYPE_CHECKING:
    from torch import Tensor

    from dlviz.training.moments import Moment

FRAMES = 32  # checkpoints of a film
EARLY = 100  # steps up to which every checkpoint is shown
_once = threading.Lock()


@dataclass(frozen=True)
class Asked:
    """An input: kind is picture (bytes of float32 in [0, 1], and their shape), sentence or text."""

    kind: str
    text: str = ""
    pixels: bytes = b""
    shape: tuple[int, ...] = ()

    @classmethod
    def picture(cls, pixels: np.ndarray) -> Asked:
        """A picture (28, 28) or (3, 32, 32) in [0, 1]."""
        return cls("picture", pixels=pixels.astype(np.float32).tobytes(), shape=pixels.shape)

    @property
    def drawn(self) -> np.ndarray:
        """The picture (28, 28) or (3, 32, 32) in [0, 1]."""
        return np.frombuffer(self.pixels, np.float32).reshape(self.shape).copy()

    def as_read(self, trained: Trained) -> Tensor:
        """The input as the network reads it. Raises: ValueError, a sentence, if there is nothing to read."""
        import torch

        if self.kind == "picture":
            pixels = self.drawn
            if pixels.ndim == 3:
                return (torch.from_numpy(pixels)[None] - 0.5) / 0.5
            return networks.as_read(trained, pixels)
        if self.kind == "text":
            from dlviz.data import novels
            from dlviz.generation import prepared

            return novels.encode(prepared(self.text)[0])[None]
        from dlviz.data.sentiment import Vocabulary, tokenise

        words = tokenise(self.text)
        if not words:
            raise ValueError("Write a word or two.")
        known = Vocabulary(tuple(trained.facts["vocabulary"]))  # pyright: ignore[reportArgumentType]
        return torch.tensor([known.encode(words)])


@dataclass(frozen=True, eq=False)
class Seen:
    """A moment as it is packed, the network's parts, which was taken, and the names of its answers."""

    moment: Moment
    parts: dict[str, str]
    part: str
    classes: list[str]


@dataclass(frozen=True, eq=False)
class Film:
    """The moments of the checkpoints that could be read, by their step, and sentences on the others."""

    moments: dict[int, Moment]
    parts: dict[str, str]
    part: str
    classes: list[str]
    left_out: list[str]


def steps(run: Watched, stood: tuple[int, ...] = ()) -> list[int]:
    """The checkpoints that a film shows: those on the disk, all of the first steps, some of the rest.

    Args:
        stood: where a learner stands; such a checkpoint stays, however many follow.
    Raises: UnknownRun.
    """
    there = kept(run)
    if len(there) <= FRAMES:
        return there
    # Where an epoch has few steps there are too many of the first to show them all.
    early = [step for step in there if step <= EARLY][: FRAMES // 2]
    later = there[len(early) :]
    some = np.linspace(0, len(later) - 1, FRAMES - len(early)).round().astype(int)
    return sorted({*early, *(later[at] for at in some), *(step for step in stood if step in there)})


def kept(run: Watched) -> list[int]:
    """The steps of the checkpoints that are on the disk. Raises: UnknownRun."""
    files = checkpoints.on_disk(service.shared().store.folder(run.run))
    return [step for step in run.checkpoints if step in files]


def thinned(run: Watched, stood: tuple[int, ...] = ()) -> str:
    """A sentence on the checkpoints that are not shown; empty where all are. Raises: UnknownRun."""
    there, shown, wrote = kept(run), steps(run, stood), len(run.checkpoints)
    dropped = f"The run wrote {wrote:,} and keeps {checkpoints.MOST}: beyond that every second one goes."
    if len(there) == len(shown):
        return f"All {len(there)} checkpoints on the disk are shown. {dropped}" if wrote > len(there) else ""
    first = sum(step == each for step, each in zip(shown, there, strict=False))
    said = (
        f"{len(shown)} of {len(there)} checkpoints are shown: the first {first}, and later ones at even "
        "distances."
    )
    return f"{said} {dropped}" if wrote > len(there) else said


def film(run: Watched, asked: Asked, kind: str, part: str, stood: tuple[int, ...] = ()) -> Film:
    """All frames. Raises: UnknownRun; ValueError with a sentence if there is nothing to read."""
    from dlviz.training.state import BadState

    folder, left_out = service.shared().store.folder(run.run), []
    seen: dict[int, Seen] = {}
    without: dict[str, list[int]] = {}
    for step in steps(run, stood):
        file = checkpoints.path(folder, step)
        written = file.stat().st_mtime_ns if file.exists() else 0
        try:
            found = _look(file, written, asked, kind, part)
        except BadState:
            left_out.append(f"The checkpoint after step {step:,} is damaged and is left out.")
            continue
        if isinstance(found, Seen):
            seen[step] = found
        else:
            without.setdefault(found, []).append(step)
    left_out += [f"{_when(run, at)} {reason}: left out." for reason, at in without.items()]
    last = next(reversed(seen.values()), None)
    parts, taken, classes = (last.parts, last.part, last.classes) if last else ({}, "", [])
    return Film({step: each.moment for step, each in seen.items()}, parts, taken, classes, left_out)


def _when(run: Watched, steps: list[int]) -> str:
    if run.brought:
        return "As the file has it,"
    later = len(steps) - 1
    return f"After step {steps[0]:,}" + (f" and {later} later one{'s' * (later > 1)}" if later else "")


def _look(file: Path, written: int, asked: Asked, kind: str, part: str) -> Seen | str:
    """What is seen, or why it is nothing."""
    with _once:
        return _read(file, written, asked, kind, part)


# 256 moments of at most 90 kB each; the networks themselves are let go.
@lru_cache(maxsize=256)
def _read(file: Path, _written: int, asked: Asked, kind: str, part: str) -> Seen | str:
    import torch

    from dlviz import overflow
    from dlviz.training.moments import Moment, moment, parts
    from dlviz.training.state import State
    from dlviz.weights import BadWeights

    torch.set_num_threads(1)
    state = State.load(file)
    trained = Trained(overflow.noticed(state.model()), state.class_name, state.facts, state.progress.step)
    if trained.problem:
        return f"its weights are {trained.problem}"
    has = parts(trained.model, kind)
    taken = part if part in has else next(iter(has), "")
    try:
        seen = moment(trained.model, asked.as_read(trained), kind, taken)
    except BadWeights:
        return f"numbers inside it {overflow.GROWN}"
    values = half(seen.values)
    return Seen(Moment(seen.answer, values, seen.names, seen.scales), has, taken, trained.classes)
