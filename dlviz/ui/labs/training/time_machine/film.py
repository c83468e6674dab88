"""A run's checkpoints, each given the same input: computed once for all who look, and never all in memory."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from dlviz.training.runs import checkpoints, service
from dlviz.ui.components.wire_format import half
from dlviz.ui.runs import vocabulary
from dlviz.ui.runs.checkpoints import Checkpoint, picture_tensor
from dlviz.ui.runs.live_run import LiveRun

if TYPE_CHECKING:
    from torch import Tensor

    from dlviz.training.analysis.snapshot import Moment

FRAMES = 32  # checkpoints of a film
_once = threading.Lock()


@dataclass(frozen=True)
class NetworkInput:
    """An input that can be compared and kept as a key.

    Args:
        kind: picture, sentence, text or sequence.
        text: of a sentence, a text, or a sequence of symbols.
        pixels, shape: of a picture, float32 in [0, 1].
    """

    kind: str
    text: str = ""
    pixels: bytes = b""
    shape: tuple[int, ...] = ()

    @classmethod
    def from_picture(cls, pixels: np.ndarray) -> NetworkInput:
        """A picture (28, 28) or (3, 32, 32) in [0, 1]."""
        return cls("picture", pixels=pixels.astype(np.float32).tobytes(), shape=pixels.shape)

    @property
    def picture(self) -> np.ndarray:
        """The picture (28, 28) or (3, 32, 32) float32 in [0, 1]."""
        return np.frombuffer(self.pixels, np.float32).reshape(self.shape).copy()

    def tensor(self, checkpoint: Checkpoint) -> Tensor:
        """The input as the network reads it.

        Returns: a picture (1, channel, height, width), its rows, indices (1, steps) of words or letters, or
            symbols (1, steps, 8).

        Raises: ValueError, a sentence, if there is nothing to read.
        """
        import torch

        if self.kind == "picture":
            pixels = self.picture
            if pixels.ndim == 3:
                from dlviz.data.digits import normalise

                return normalise(torch.from_numpy(pixels)[None])  # (1, 3, 32, 32)
            return picture_tensor(checkpoint, pixels)
        if self.kind == "text":
            from dlviz.data import novels
            from dlviz.generation import prepared

            return novels.encode(prepared(self.text)[0])[None]  # (1, characters)
        if self.kind == "sequence":
            from dlviz.data import memory

            x = memory.encode(self.text)
            if not x.shape[1]:
                raise ValueError(f"Write letters from {memory.SYMBOLS[0]} to {memory.SYMBOLS[-1]}.")
            return x
        from dlviz.data.sentiment import Vocabulary, tokenise

        words = tokenise(self.text)
        if not words:
            raise ValueError("Write a word or two.")
        known = Vocabulary(tuple(checkpoint.facts["vocabulary"]))  # pyright: ignore[reportArgumentType]
        return torch.tensor([known.encode(words)])  # (1, words)


@dataclass(frozen=True, eq=False)
class Frame:
    """One checkpoint of a film.

    Args:
        moment: its values in half precision.
        parts: of the network, by their names in a trace -> what a learner calls each.
        part: the one whose values these are; empty if the network has none.
        classes: names of its answers.
    """

    moment: Moment
    parts: dict[str, str]
    part: str
    classes: list[str]


@dataclass(frozen=True, eq=False)
class Film:
    """The checkpoints that could be read, one after the other.

    Args:
        moments: by their step, oldest first.
        parts, part, classes: as of the newest frame.
        left_out: sentences on the other checkpoints.
    """

    moments: dict[int, Moment]
    parts: dict[str, str]
    part: str
    classes: list[str]
    left_out: list[str]


def steps_on_disk(run: LiveRun) -> list[int]:
    """Steps of the checkpoints that are on the disk.

    Raises: UnknownRun.
    """
    files = checkpoints.on_disk(service.shared().store.folder(run.run))
    return [step for step in run.checkpoints if step in files]


def choose_steps(run: LiveRun, keep: tuple[int, ...] = ()) -> list[int]:
    """Steps of the checkpoints that a film shows: of those on the disk, chosen as these were of all.

    Args:
        keep: steps where a learner stands; such a checkpoint stays, however many follow.
    Raises: UnknownRun.
    """
    there = steps_on_disk(run)
    return sorted({*checkpoints.spread(there, FRAMES, best_step(run)), *({*keep} & {*there})})


def best_step(run: LiveRun) -> int:
    """Step of the best epoch; 0 if there is none."""
    return int(str(run.best_epoch.get("step", 0)))


def film(run: LiveRun, given: NetworkInput, kind: str, part: str, keep: tuple[int, ...] = ()) -> Film:
    """Give all checkpoints the same input.

    Args:
        kind: of picture, as `dlviz.training.analysis.snapshot.parts` knows it.
        part: of the network; its first one if it has none of that name.
        keep: as in `choose_steps`.
    Raises: UnknownRun; ValueError with a sentence if there is nothing to read.
    """
    from dlviz.training.state import BadState

    folder, left_out = service.shared().store.folder(run.run), []
    frames: dict[int, Frame] = {}
    unshown: dict[str, list[int]] = {}
    for step in choose_steps(run, keep):
        file = checkpoints.path(folder, step)
        written = file.stat().st_mtime_ns if file.exists() else 0
        try:
            with _once:
                frame = _read(file, written, given, kind, part)
        except BadState:
            if not file.exists():  # it has gone meanwhile: a run that goes on keeps only so many
                continue
            left_out.append(f"The checkpoint after step {step:,} is damaged and is left out.")
            continue
        if isinstance(frame, Frame):
            frames[step] = frame
        else:
            unshown.setdefault(frame, []).append(step)
    left_out += [f"{_where(run, at)} {reason}: left out." for reason, at in unshown.items()]
    last = next(reversed(frames.values()), None)
    parts, taken, classes = (last.parts, last.part, last.classes) if last else ({}, "", [])
    classes = vocabulary.class_names(run.config.task, classes)
    return Film({step: frame.moment for step, frame in frames.items()}, parts, taken, classes, left_out)


def _where(run: LiveRun, steps: list[int]) -> str:
    if run.imported:
        return "As the file has it,"
    later = len(steps) - 1
    return f"After step {steps[0]:,}" + (f" and {later} later one{'s' * (later > 1)}" if later else "")


# 256 frames of at most 90 kB each; the networks themselves are let go.
@lru_cache(maxsize=256)
def _read(file: Path, _written: int, given: NetworkInput, kind: str, part: str) -> Frame | str:
    """The frame of a checkpoint, or a clause on why there is none."""
    import torch

    from dlviz import nonfinite
    from dlviz.training.analysis.snapshot import Moment, moment, parts
    from dlviz.training.state import State
    from dlviz.weights import BadWeights

    torch.set_num_threads(1)
    state = State.load(file)
    checkpoint = Checkpoint(
        nonfinite.noticed(state.model()), state.class_name, state.facts, state.progress.step
    )
    if checkpoint.problem:
        return f"its weights are {checkpoint.problem}"
    found = parts(checkpoint.model, kind)
    part = part if part in found else next(iter(found), "")
    try:
        seen = moment(checkpoint.model, given.tensor(checkpoint), kind, part)
    except BadWeights:
        return f"numbers inside it {nonfinite.GROWN}"
    return Frame(
        Moment(seen.answer, half(seen.values), seen.names, seen.scales), found, part, checkpoint.classes
    )
