"""A training run as its events tell it, read on from where the last reading ended.

All who watch a run share one `LiveRun`. Batches are kept as columns of numbers and old epochs without their
pictures, so that a long run takes little memory, and one more learner who watches takes none.
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

LARGEST_NUMBER = 48  # of runs kept in memory
# What an epoch tells about pictures and weights: kept of the newest alone.
HEAVY = ("wrong", "confusion", "histograms")


class LiveRun:
    """One run. Safe to use from all sessions.

    Attributes:
        run: its id.
        newest_epoch, best_epoch: the events of both, whole; empty before there are any.
    """

    def __init__(self, run: str) -> None:
        self.run = run
        self.newest_epoch: Event = {}
        self.best_epoch: Event = {}
        self._lock = threading.Lock()
        self._offset = 0
        self._events: list[Event] = []  # all but the batches
        self._batches = {name: array("d") for name in BATCH}
        self._history: History | None = None
        self._config: TrainingConfig | None = None

    def history(self) -> History:
        """The run until now; reads only what has been written since the last call.

        Raises: UnknownRun.
        """
        with self._lock:
            tail = service.shared().store.read(self.run, self._offset)
            if tail.events or self._history is None:
                self._offset = tail.offset
                for event in tail.events:
                    self._add(event)
                columns = {name: np.array(column) for name, column in self._batches.items()}
                self._history = replace(history(self._events), batches=columns)
            return self._history

    @property
    def start(self) -> Event:
        """The event with which it began: its network, its classes, its data; empty before."""
        return next((event for event in self._events if event["kind"] == "start"), {})

    @property
    def imported(self) -> bool:
        """True if its weights come from a file, and nothing was trained."""
        return events.kind(self.start) == "imported"

    @property
    def measured_epoch(self) -> Event:
        """The epoch whose measurement is that of the newest weights: the best, if these are back."""
        return self.best_epoch or self.newest_epoch if self.history().restored else self.newest_epoch

    @property
    def notes(self) -> list[str]:
        """Sentences on what a learner should know of it."""
        return [str(event["sentence"]) for event in self._events if event["kind"] == "note"]

    @property
    def checkpoints(self) -> list[int]:
        """The steps of its checkpoints, oldest first."""
        return events.steps(list(self._events))

    @property
    def download(self) -> tuple[int, int] | None:
        """The bytes of data that have come, and those that are expected; None where nothing is fetched."""
        found = [event for event in self._events[-1:] if event["kind"] == "download"]
        return (int(str(found[0]["done"])), int(str(found[0]["total"]))) if found else None

    @property
    def config(self) -> TrainingConfig:
        """The config that it was given.

        Raises: UnknownRun; ValueError if this program did not write it.
        """
        if self._config is None:
            self._config = TrainingConfig.from_json(service.shared().store.config(self.run))
        return self._config

    def _add(self, event: Event) -> None:
        if event["kind"] == "batch":
            for name, column in self._batches.items():
                value = event.get(name)
                column.append(value if isinstance(value, int | float) else np.nan)
            return
        if event["kind"] == "continued":
            self._forget_after(event["step"])
        if event["kind"] == "epoch":
            self.newest_epoch = event
            self.best_epoch = event if event.get("best") else self.best_epoch
            event = {name: value for name, value in event.items() if name not in HEAVY}
        events.extend(self._events, [event])

    def _forget_after(self, step: object) -> None:
        """Forget batches and epochs after a step; all, if it is None."""
        last = step if isinstance(step, int) else 0
        count = int(np.searchsorted(self._batches["step"], last, side="right"))
        self._batches = {name: column[:count] for name, column in self._batches.items()}
        if self.newest_epoch and int(str(self.newest_epoch["step"])) > last:
            self.newest_epoch = {}
        if self.best_epoch and int(str(self.best_epoch["step"])) > last:
            self.best_epoch = {}


_runs: OrderedDict[str, LiveRun] = OrderedDict()
_lock = threading.Lock()


def watch(run: str) -> LiveRun:
    """The `LiveRun` of an id that all sessions share; there need be no such run."""
    with _lock:
        found = _runs.pop(run, None) or LiveRun(run)
        _runs[run] = found
        while len(_runs) > LARGEST_NUMBER:
            _runs.popitem(last=False)
        return found


def forget_runs() -> None:
    """Let all runs be read anew."""
    with _lock:
        _runs.clear()
