"""Scheduler of runs: takes them from the queue when a place is free, and notices when a worker has ended."""

import logging
import os
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass

from dlviz.training.commands import Command
from dlviz.training.runs import events
from dlviz.training.runs.events import ENDINGS, Event
from dlviz.training.runs.journal import Held, Journal
from dlviz.training.runs.launcher import Job, Launcher
from dlviz.training.runs.queue import FairQueue
from dlviz.training.runs.store import Store, UnknownRun

TICK = 0.05  # seconds between two looks at the workers
PAUSED = 30.0  # seconds that a paused run keeps its place while others wait
SLICE = 300.0  # seconds that a run keeps its place while other learners wait: then it waits for its next turn
OVERDUE = 10.0  # seconds after which a worker that was told to end is killed
CLOSING = 3.0  # seconds that workers have for a last checkpoint when the server ends
MOST = 8  # runs at a time, however many cores there are: each takes some hundred MB of memory
SERVER = "The server ended while this run was trained. It can go on from its last checkpoint."
TURN = "The server ended before this run's turn came. It can still begin."
ASIDE = "It had to make room for others. It can go on from its last checkpoint."
STOPPED = "Stopped before its turn came."
KILLED = "The process of this run {how}. It can go on from its last checkpoint; no other run is harmed."

log = logging.getLogger(__name__)


def places() -> int:
    """Number of runs that this machine's cores bear at a time."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return min(cores or 1, MOST)


@dataclass
class Live:
    """A run with a worker.

    `before` is the number of bytes of events it had as that began. `begun`, `paused` and `leaving` are the
    times, by the monotonic clock, since which it has its place, is paused or was told to end. `stopped` is
    true if its owner told it so, `again` if it is to resume when its turn comes.
    """

    job: Job
    owner: str
    before: int
    begun: float
    paused: float | None = None
    leaving: float | None = None
    stopped: bool = False
    again: bool = False


class Scheduler:
    """Queue, workers, and a thread that watches them. Safe to use from all threads.

    Args:
        places: runs at a time.
        changed: called by that thread after a run has begun or ended.
    """

    def __init__(self, store: Store, launcher: Launcher, places: int, changed: Callable[[], None]) -> None:
        self.lock = threading.RLock()
        self._store, self._launcher, self._places, self._changed = store, launcher, places, changed
        self._queue = FairQueue()
        self._live: dict[str, Live] = {}
        self._lost: set[str] = set()  # without an ending, perhaps still written by another process
        self._unsaid: dict[str, Event] = {}  # endings that found no room on the disk
        self._news = threading.Event()
        self._closed = False
        self._thread = threading.Thread(target=self._watch, name="runs", daemon=True)

    def start(self, runs: Iterable[str]) -> None:
        """Begin to watch, and mark runs that an earlier server has left without an ending as interrupted."""
        for run in runs:
            with suppress(UnknownRun):
                if _is_open(self._store.last(run)):
                    self._lost.add(run)
        self._find()
        self._thread.start()

    def prepare(self) -> None:
        """Have a worker ready."""
        with self.lock, suppress(OSError):
            self._launcher.prepare()

    def add(self, owner: str, run: str) -> None:
        """Let a run wait for its turn, unless it waits or is trained already."""
        with self.lock:
            if run not in self._live:
                self._unsaid.pop(run, None)
                self._queue.add(owner, run)
        self._news.set()

    def send(self, run: str, command: Command) -> bool:
        """Hand a command to a run's worker; true if it has one."""
        with self.lock:
            live = self._live.get(run)
            if live is None:
                return False
            now, do = time.monotonic(), command["do"]
            if do == "pause":
                live.paused = live.paused or now
            elif do == "resume":
                live.paused = None
            elif do == "stop":
                live.leaving, live.stopped = live.leaving or now, True
            live.job.send(command)
            return True

    def withdraw(self, run: str) -> bool:
        """Stop a run that waits; true if it did."""
        with self.lock:
            waited = self._queue.remove(run)
            if waited:
                self._say(run, events.ending("stopped", STOPPED))
            return waited

    def state(self, run: str) -> str | None:
        """State of a run: `waiting`, `running` or `paused`; None if nothing is to be done for it here."""
        with self.lock:
            live = self._live.get(run)
            if live:
                return "paused" if live.paused else "running"
            return "waiting" if run in self._queue else None

    def is_elsewhere(self, run: str) -> bool:
        """True if another process writes this run."""
        return run in self._lost

    def place(self, run: str) -> tuple[int | None, int]:
        """Place of a run in the queue, and the length of the queue."""
        with self.lock:
            return self._queue.place(run), len(self._queue)

    def count_waiting(self, owner: str) -> int:
        """Count the waiting runs of an owner."""
        with self.lock:
            return self._queue.count_waiting(owner)

    def last(self, run: str) -> Event | None:
        """Last event of a run. Raises: UnknownRun."""
        return self._unsaid.get(run) or self._store.last(run)

    def close(self) -> None:
        """End all workers, each after a last checkpoint if it manages that in time."""
        self._closed = True
        self._news.set()
        if self._thread.is_alive():
            self._thread.join()
        with self.lock:
            self._launcher.close()
            jobs = [live.job for live in self._live.values()]
            for job in jobs:
                job.hang_up()
            deadline = time.monotonic() + CLOSING
            while any(job.ended() is None for job in jobs) and time.monotonic() < deadline:
                time.sleep(0.02)
            for job in jobs:
                job.kill()

    def _watch(self) -> None:
        while not self._closed:
            self._news.clear()
            try:
                self._turn()
            except Exception:
                log.exception("the runs could not be looked after")
            self._news.wait(TICK if self._live or self._lost else None)

    def _turn(self) -> None:
        with self.lock:
            self._find()
            changed = self._reap()
            self._make_room()
            changed |= self._begin()
        if changed:
            self._changed()

    def _find(self) -> None:
        """Mark the runs of an earlier server that nobody writes any more."""
        for run in list(self._lost):
            with suppress(UnknownRun):
                sentence = TURN if self._store.last(run) is None else SERVER
                if not self._say(run, events.interruption("server", sentence)):
                    continue
            self._lost.discard(run)

    def _reap(self) -> bool:
        ended = {run: code for run, live in self._live.items() if (code := live.job.ended()) is not None}
        for run, code in ended.items():
            live = self._live.pop(run)
            with suppress(UnknownRun):
                # Where nothing was written, the last event is that of an earlier ending.
                unsaid = _is_open(self._store.last(run)) or self._store.event_bytes(run) == live.before
                if unsaid and not self._say(run, _ending_of_lost_worker(live, code)):
                    self._lost.add(run)
                if live.again and not live.stopped and _gave_way(self._store.last(run)):
                    self._queue.add(live.owner, run)
        return bool(ended)

    def _make_room(self) -> None:
        now = time.monotonic()
        for live in self._live.values():
            if live.leaving and now - live.leaving > OVERDUE:
                live.job.kill()
            elif not live.leaving and self._gives_way(live, now):
                live.leaving, live.again = now, not live.paused
                live.job.send({"do": "aside"})

    def _gives_way(self, live: Live, now: float) -> bool:
        """True if a run has had its place for long enough, and another needs it."""
        if live.paused:
            return len(self._queue) > 0 and now - live.paused > PAUSED
        going = sum(other.leaving is not None for other in self._live.values())
        return self._queue.count_others(live.owner) > going and now - live.begun > SLICE

    def _begin(self) -> bool:
        begun = False
        while len(self._live) < self._places and (run := self._queue.next()):
            begun = True
            try:
                before, owner = self._store.event_bytes(run), self._store.meta(run).owner
                job = self._launcher.launch(self._store.folder(run))
                self._live[run] = Live(job, owner, before, time.monotonic())
            except UnknownRun:
                continue
            except OSError as error:
                log.error("no worker for a run", exc_info=error)
                self._say(run, events.interruption("launch", KILLED.format(how="could not be started")))
        return begun

    def _say(self, run: str, event: Event) -> bool:
        """Write a run's ending for a worker that cannot; true if nobody else writes the run."""
        try:
            with Journal(self._store.folder(run)) as journal:
                if run not in self._lost or _is_open(self._store.last(run)):
                    journal.last_words(event)
        except Held:
            return False
        except OSError as error:
            log.error("the end of the run %s could not be written: %s", run, error)
            self._unsaid[run] = event
        return True


def _is_open(last: Event | None) -> bool:
    """True if a run with this last event has not come to an end."""
    return last is None or last["kind"] not in ENDINGS


def _gave_way(last: Event | None) -> bool:
    """True if a run has ended because its place was needed."""
    return last is not None and last["kind"] == "interrupted" and last["reason"] == "place"


def _ending_of_lost_worker(live: Live, code: int) -> Event:
    """Ending of a run whose worker has ended without a word."""
    if live.stopped and live.leaving:
        return events.ending("stopped", "Stopped; what came after its last checkpoint is lost.")
    if code == events.NO_ROOM:
        return events.disk_full()
    if live.leaving:
        return events.interruption("place", ASIDE)
    how = f"was killed (signal {-code})" if code < 0 else f"ended unexpectedly (exit code {code})"
    return events.interruption("killed", KILLED.format(how=how))
