"""A run as its events tell it, read on from where the last look ended, and shared by all who watch it.

Batches are kept as columns of numbers and old epochs without their pictures, so that a long run takes little
memory, and one more learner who watches takes none.
"""

from __future__ import annotations

import threading
from array import array
from collections import OrderedDict
from dataclasses import replace

import numpy as np

from dlviz.training.analysis.history import BATCH, History, history
from dlviz.training.config import TrainingConfig
from dlviz.training.runs import events, service
from dlviz.training.runs.events import Event

KEPT = 48  # runs
# What an epoch tells about pictures and weights: kept of the newest alone.
HEAVY = ("wrong", "confusion", "histograms")


class Watched:
    """One run. Safe to use from all sessions."""

    def __init__(self, run: str) -> None:
        self.run = run
        self.newest: Event = {}  # the newest epoch, whole
        self.best: Event = {}  # the best, whole
        self._lock = threading.Lock()
        self._offset = 0
        self._told: list[Event] = []
        self._batches = {name: array("d") for name in BATCH}
        self._history: History | None = None
        self._config: TrainingConfig | None = None

    def look(self) -> History:
        """The run until now: reads only what has been told since the last look. Raises: UnknownRun."""
        with self._lock:
            tail = service.shared().store.read(self.run, self._offset)
            if tail.events or self._history is None:
                self._offset = tail.offset
                for event in tail.events:
                    self._take(event)
                self._history = self._drawn()
            return self._history

    @property
    def start(self) -> Event:
        """What was known as it began; empty before."""
        return next((event for event in self._told if event["kind"] == "start"), {})

    @property
    def brought(self) -> bool:
        """Whether its weights come from a file, and nothing was trained."""
        return events.kind(self.start) == "imported"

    @property
    def measured(self) -> Event:
        """The epoch whose measurement is that of the newest weights: the best, if these are back."""
        return self.best or self.newest if self.look().restored else self.newest

    @property
    def notes(self) -> list[str]:
        """What a learner should know of it."""
        return [str(event["sentence"]) for event in self._told if event["kind"] == "note"]

    @property
    def checkpoints(self) -> list[int]:
        """The steps of its checkpoints, oldest first."""
        return events.steps(list(self._told))

    @property
    def download(self) -> tuple[int, int] | None:
        """The bytes of data that have come, and those that are expected; None where nothing is fetched."""
        found = [event for event in self._told[-1:] if event["kind"] == "download"]
        return (int(str(found[0]["done"])), int(str(found[0]["total"]))) if found else None

    @property
    def config(self) -> TrainingConfig:
        """What it was told to do. Raises: UnknownRun; ValueError if this program did not write it."""
        if self._config is None:
            self._config = TrainingConfig.from_json(service.shared().store.config(self.run))
        return self._config

    def _take(self, event: Event) -> None:
        if event["kind"] == "batch":
            for name, column in self._batches.items():
                value = event.get(name)
                column.append(value if isinstance(value, int | float) else np.nan)
            return
        if event["kind"] == "continued":
            self._cut(event["step"])
        if event["kind"] == "epoch":
            self.newest = event
            self.best = event if event.get("best") else self.best
            event = {name: value for name, value in event.items() if name not in HEAVY}
        events.extend(self._told, [event])

    def _cut(self, step: object) -> None:
        """Forget the batches after a step; all, if it is None."""
        last = step if isinstance(step, int) else 0
        kept = int(np.searchsorted(self._batches["step"], last, side="right"))
        self._batches = {name: column[:kept] for name, column in self._batches.items()}
        if self.newest and int(str(self.newest["step"])) > last:
            self.newest = {}
        if self.best and int(str(self.best["step"])) > last:
            self.best = {}

    def _drawn(self) -> History:
        columns = {name: np.array(column) for name, column in self._batches.items()}
        return replace(history(self._told), batches=columns)


_known: OrderedDict[str, Watched] = OrderedDict()
_lock = threading.Lock()


def watched(run: str) -> Watched:
    """The one that all sessions share."""
    with _lock:
        found = _known.pop(run, None) or Watched(run)
        _known[run] = found
        while len(_known) > KEPT:
            _known.popitem(last=False)
        return found


def forget() -> None:
    """Let all runs be read anew."""
    with _lock:
        _known.clear()
