"""A run's checkpoints, each asked the same: computed once for all who look, and never all in memory."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from dlviz.training.runs import checkpoints, service
from dlviz.ui.components.wire_format import half
from dlviz.ui.runs import checkpoints as networks
from dlviz.ui.runs.checkpoints import Checkpoint
from dlviz.ui.runs.live_run import LiveRun

if TYPE_CHECKING:
    from torch import Tensor

    from dlviz.training.analysis.snapshot import Moment

FRAMES = 32  # checkpoints of a film
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

    def as_read(self, trained: Checkpoint) -> Tensor:
        """The input as the network reads it. Raises: ValueError, a sentence, if there is nothing to read."""
        import torch

        if self.kind == "picture":
            pixels = self.drawn
            if pixels.ndim == 3:
                return (torch.from_numpy(pixels)[None] - 0.5) / 0.5
            return networks.picture_tensor(trained, pixels)
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


def steps(run: LiveRun, stood: tuple[int, ...] = ()) -> list[int]:
    """The checkpoints that a film shows: of those on the disk, chosen as these were of all.

    Args:
        stood: where a learner stands; such a checkpoint stays, however many follow.
    Raises: UnknownRun.
    """
    there = kept(run)
    return sorted({*checkpoints.spread(there, FRAMES, _best(run)), *({*stood} & {*there})})


def kept(run: LiveRun) -> list[int]:
    """The steps of the checkpoints that are on the disk. Raises: UnknownRun."""
    files = checkpoints.on_disk(service.shared().store.folder(run.run))
    return [step for step in run.checkpoints if step in files]


def _best(run: LiveRun) -> int:
    """The step of the best epoch; 0 if there is none."""
    return int(str(run.best_epoch.get("step", 0)))


def thinned(run: LiveRun, stood: tuple[int, ...] = ()) -> str:
    """A sentence on which checkpoints are shown; empty where all are. Raises: UnknownRun."""
    there, shown, wrote = kept(run), steps(run, stood), run.checkpoints
    if shown == wrote:
        return ""
    first = sum(step == each for step, each in zip(shown, wrote, strict=False))
    best = "the best epoch’s, " if _best(run) in shown[first:] else ""
    said = (
        f"{len(shown)} of {len(wrote):,} checkpoints are shown: the first {first}, {best}the newest, and "
        "others at even distances."
    )
    gone = f" Only {len(there)} are still on the disk, chosen in the same way."
    return said + (gone if len(wrote) > len(there) else "")


def film(run: LiveRun, asked: Asked, kind: str, part: str, stood: tuple[int, ...] = ()) -> Film:
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
            if not file.exists():  # it has gone meanwhile: a run that goes on keeps only so many
                continue
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


def _when(run: LiveRun, steps: list[int]) -> str:
    if run.imported:
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

    from dlviz import nonfinite
    from dlviz.training.analysis.snapshot import Moment, moment, parts
    from dlviz.training.state import State
    from dlviz.weights import BadWeights

    torch.set_num_threads(1)
    state = State.load(file)
    trained = Checkpoint(nonfinite.noticed(state.model()), state.class_name, state.facts, state.progress.step)
    if trained.problem:
        return f"its weights are {trained.problem}"
    has = parts(trained.model, kind)
    taken = part if part in has else next(iter(has), "")
    try:
        seen = moment(trained.model, asked.as_read(trained), kind, taken)
    except BadWeights:
        return f"numbers inside it {nonfinite.GROWN}"
    values = half(seen.values)
    return Seen(Moment(seen.answer, values, seen.names, seen.scales), has, taken, trained.classes)
