"""Scheduler of runs: takes them from the queue when a place is free, and notices when a worker has ended."""

import logging
import os
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import partial

from dlviz.training.commands import Command
from dlviz.training.runs import events
from dlviz.training.runs.events import ENDINGS, Event
from dlviz.training.runs.journal import Held, Journal
from dlviz.training.runs.launcher import Cluster, Job, Launcher, LocalLauncher, NotAsked
from dlviz.training.runs.queue import FairQueue
from dlviz.training.runs.servers import Servers, Waiting
from dlviz.training.runs.store import Store, UnknownRun

TICK = 0.05  # seconds between two looks at the workers
LOOK = 0.5  # seconds between two looks at the other servers
PAUSED = 30.0  # seconds that a paused run keeps its place while others wait
SLICE = 300.0  # seconds that a run keeps its place while other learners wait: then it waits for its next turn
LEFT = 2.0  # seconds that a free place is left to a learner at another server
OVERDUE = 10.0  # seconds after which a worker that was told to end is killed
CLOSING = 3.0  # seconds that workers have for a last checkpoint when the server ends
HERE = "here"  # a command among servers: train the run on your own machine
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

    `here` is true if this machine trains it though there is a cluster. `before` is the number of bytes of
    events it had as that began. `begun`, `paused` and `leaving` are the times, by the monotonic clock, since
    which it has its place, is paused or was told to end. `stopped` is true if its owner told it so, `again`
    if it is to resume when its turn comes.
    """

    job: Job
    owner: str
    before: int
    begun: float
    here: bool = False
    paused: float | None = None
    leaving: float | None = None
    stopped: bool = False
    again: bool = False


class Scheduler:
    """Queue, workers, and a thread that watches them. Safe to use from all threads.

    Args:
        places: runs at a time; None for as many as a cluster has places for.
        changed: called by that thread after a run has begun or ended.
    """

    def __init__(
        self, store: Store, launcher: Launcher, places: int | None, changed: Callable[[], None]
    ) -> None:
        self.lock = threading.RLock()
        self._store, self._launcher, self._places, self._changed = store, launcher, places, changed
        self._cluster = launcher if isinstance(launcher, Cluster) else None
        self._local = LocalLauncher() if self._cluster else launcher
        self._here: set[str] = set()  # runs that are to be trained by this machine though there is a cluster
        self._queue = FairQueue()
        self._live: dict[str, Live] = {}
        # Runs without an ending, perhaps still written by another process. Where their server has died, and
        # this one takes them up: what was to become of them there, `waiting` or `running`.
        self._lost: dict[str, str] = {}
        self.servers = Servers(store.root)
        self._looked = float("-inf")
        self._others: list[Waiting] = []  # who waits at other servers for a place of the cluster
        self._left: float | None = None  # time since which a free place has been left to one of them
        # Runs whose worker is lost, perhaps still written by what is left of it.
        self._moving: dict[str, Live] = {}
        self._notes: dict[str, str] = {}  # what a run has to tell when it goes on
        self._unsaid: dict[str, Event] = {}  # endings that found no room on the disk
        self._news = threading.Event()
        self._closed = False
        self._thread = threading.Thread(target=self._watch, name="runs", daemon=True)

    def start(self, runs: Iterable[str]) -> None:
        """Begin to watch, and mark runs that an earlier server has left without an ending as interrupted.

        Those of another server that is alive are left alone, and so are those that it is going to take up.
        """
        with suppress(OSError):  # a full or a foreign folder, in which no run can be made anyway
            self.servers.enter()
            if not self.servers.has_others():
                self._take_up(goes_on=self._cluster is not None)
        for run in runs:
            claim = self.servers.read(run)
            with suppress(UnknownRun):
                if _is_open(self._store.last(run)) and not (claim and self.servers.has_others()):
                    self._lost[run] = ""
        self._find()
        self._thread.start()

    def prepare(self) -> None:
        """Have a worker ready."""
        with self.lock, suppress(OSError):
            self._launcher.prepare()

    def add(self, owner: str, run: str) -> None:
        """Let a run wait for its turn, unless it waits or is trained already, here or elsewhere.

        Raises: DiskFull.
        """
        with self.lock:
            if run not in self._live and run not in self._moving and self.servers.claim(run):
                self._unsaid.pop(run, None)
                self._queue.add(owner, run)
        self._news.set()

    def train_here(self, run: str) -> None:
        """Have this machine train a run that waits for the cluster; if another server has it, that one's.

        Raises: DiskFull.
        """
        with self.lock:
            if self._cluster and run in self._queue:
                self._here.add(run)
                self._news.set()
            elif self.servers.elsewhere(run) == "waiting":
                self.servers.tell(run, {"do": HERE})

    def send(self, run: str, command: Command) -> bool:
        """Hand a command to a run's worker, at another server through the folder; true if it has one.

        Raises: DiskFull.
        """
        with self.lock:
            live = self._live.get(run)
            if live is None and self.servers.elsewhere(run):
                self.servers.tell(run, command)
                return True
            if live is None:
                return False
            now, do = time.monotonic(), command["do"]
            if do == "pause":
                live.paused = live.paused or now
            elif do == "resume":
                live.paused = None
            elif do == "stop":
                live.leaving, live.stopped = live.leaving or now, True
            if do in ("pause", "resume"):
                self.servers.note(run, "paused" if live.paused else "running")
            live.job.send(command)
            return True

    def withdraw(self, run: str) -> bool:
        """Stop a run that waits; true if it did."""
        with self.lock:
            if run in self._moving:
                self._moving[run].stopped = True
                return True
            waited = self._queue.remove(run)
            if waited:
                self._say(run, events.ending("stopped", STOPPED))
                self._leave(run)
            return waited

    def state(self, run: str) -> str | None:
        """State of a run: `waiting`, `running`, `paused`, here or at another server; None if it ended."""
        with self.lock:
            live = self._live.get(run)
            if live:
                return "paused" if live.paused else "running"
            if run in self._queue or run in self._moving:
                return "waiting"
            return self.servers.elsewhere(run)

    def is_lost(self, run: str) -> bool:
        """True if a process writes this run that no server here has in hand."""
        return run in self._lost

    def machine(self, run: str) -> str | None:
        """Name of the machine that trains a run, empty for this one; None if none does."""
        with self.lock:
            live = self._live.get(run)
            if live is None:
                return None
            return self._cluster.machine(live.job) if self._cluster and not live.here else ""

    def place(self, run: str) -> tuple[int | None, int]:
        """Place of a run in the queue, and the length of the queue."""
        with self.lock:
            return self._queue.place(run), len(self._queue)

    def count_waiting(self, owner: str) -> int:
        """Count the waiting runs of an owner, those at other servers too."""
        count = 0
        for run in self._store.ids() if self.servers.has_others() else ():
            with suppress(UnknownRun):
                is_theirs = self._store.meta(run).owner == owner
                count += is_theirs and self.servers.elsewhere(run) == "waiting"
        with self.lock:
            return count + self._queue.count_waiting(owner)

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
            self._local.close()
            # What a cluster trains goes on, and the next server finds it.
            jobs = [live.job for live in self._live.values() if live.here or not self._cluster]
            for job in jobs:
                job.hang_up()
            deadline = time.monotonic() + CLOSING
            while any(job.ended() is None for job in jobs) and time.monotonic() < deadline:
                time.sleep(0.02)
            for job in jobs:
                job.kill()
            self.servers.look()
            if not self.servers.has_others():
                # Nobody takes them up: the next server shows them as interrupted.
                for run in [*self._live, *self._queue]:
                    self.servers.release(run)
            self.servers.leave()

    def _watch(self) -> None:
        while not self._closed:
            self._news.clear()
            try:
                self._turn()
            except Exception:
                log.exception("the runs could not be looked after")
            busy = self._live or self._lost or self._moving or (self._cluster and len(self._queue))
            self._news.wait(TICK if busy else LOOK)

    def _turn(self) -> None:
        with self.lock:
            looked = time.monotonic() - self._looked >= LOOK
            if looked:
                self._look()
                self._looked = time.monotonic()
            self._find()
            reaped, moved = self._reap(), self._move()
            self._make_room()
            begun = self._begin()
            if self._cluster and (looked or moved or begun) and self.servers.has_others():
                self.servers.post(self._queue.turn, list(self._find_waiting(self._cluster)))
        if reaped or moved or begun:
            self._changed()

    def _look(self) -> None:
        """Take up the runs of servers that have died, and hear what others were told for runs of this."""
        self._take_up(goes_on=True)
        if self._cluster:
            turn, self._others = self.servers.read_posts()
            self._queue.turn = max(self._queue.turn, turn)
        for run in [*self._live, *self._queue]:
            for command in self.servers.hear(run):
                if command["do"] == HERE:
                    self.train_here(run)
                elif not self.send(run, command) and command["do"] == "stop":
                    self.withdraw(run)

    def _find_waiting(self, cluster: Cluster) -> Iterator[Waiting]:
        """Find who waits here for a place of the cluster."""
        for owner, runs in self._queue.waiting().items():
            for run in runs:
                with suppress(UnknownRun):
                    if run not in self._here and not cluster.problem(self._store.folder(run)):
                        number = self._store.meta(run).number
                        yield Waiting(self._queue.last_turn(owner), number, owner, len(runs))
                        break

    def _take_up(self, goes_on: bool) -> None:
        for dead in self.servers.look():
            for run, claim in self.servers.take_up(dead, self._store.ids()).items():
                # What its owner has paused does not go on by itself.
                self._lost[run] = claim.state if goes_on and claim.state != "paused" else ""

    def _find(self) -> None:
        """Mark the runs of an earlier server that nobody writes any more."""
        for run, state in list(self._lost.items()):
            try:
                if self._find_again(run, state) if self._cluster else self._mark(run, state):
                    del self._lost[run]
            except UnknownRun:
                del self._lost[run]
            except OSError as error:  # a full disk: later, perhaps
                log.error("the run %s could not be taken up: %s", run, error)

    def _mark(self, run: str, state: str) -> bool:
        """Mark a run of a server that is gone as interrupted, and let it go on if it is taken up.

        False as long as another process writes it.
        """
        sentence = TURN if self._store.last(run) is None else SERVER
        if not self._say(run, events.interruption("server", sentence)):
            return False
        if _is_taken_up(state, self._store.last(run)):
            self.add(self._store.meta(run).owner, run)
        else:
            self._leave(run)
        return True

    def _find_again(self, run: str, state: str) -> bool:
        """Take on a run of a server that is gone: trained still, or waiting; false if that is not clear."""
        assert self._cluster
        if not self.servers.claim(run):
            return True  # another was quicker
        folder, owner = self._store.folder(run), self._store.meta(run).owner
        try:
            job = self._cluster.adopt(folder)
        except NotAsked:
            return False
        if job:
            paused = (self._store.last(run) or {}).get("kind") == "paused"
            now = time.monotonic()
            before = self._store.event_bytes(run)
            self._live[run] = Live(job, owner, before, now, paused=now if paused else None)
            self.servers.note(run, "paused" if paused else "running")
        elif _is_open(last := self._store.last(run)) or _is_taken_up(state, last):
            try:
                with Journal(folder):
                    pass
            except Held:
                return False
            self._queue.add(owner, run)
        else:
            self._leave(run)
        return True

    def _leave(self, run: str) -> None:
        """Have done with a run."""
        self._here.discard(run)
        self.servers.release(run)

    def _reap(self) -> bool:
        ended = {run: code for run, live in self._live.items() if (code := live.job.ended()) is not None}
        for run, code in ended.items():
            live = self._live.pop(run)
            if live.job.lost() is not None:
                self._moving[run] = live
                continue
            with suppress(UnknownRun):
                # Where nothing was written, the last event is that of an earlier ending.
                unsaid = _is_open(self._store.last(run)) or self._store.event_bytes(run) == live.before
                if unsaid and not self._say(run, _ending_of_lost_worker(live, code)):
                    self._lost[run] = ""
                elif live.again and not live.stopped and _gave_way(self._store.last(run)):
                    self._queue.add(live.owner, run)
                    self.servers.note(run, "waiting")
                else:
                    self._leave(run)
        return bool(ended)

    def _move(self) -> bool:
        """Let the runs whose workers are lost wait for another, as soon as nothing writes them any more."""
        moved = False
        for run, live in list(self._moving.items()):
            with suppress(UnknownRun, Held):
                with Journal(self._store.folder(run)) as journal:
                    new = self._store.event_bytes(run) > live.before
                    if new and (self._store.last(run) or {}).get("kind") == "end":
                        self._leave(run)  # it came to its end after all
                    elif live.stopped:
                        journal.last_words(_ending_of_lost_worker(live, 0))
                        self._leave(run)
                    else:
                        self._notes[run] = live.job.lost() or ""
                        if not self._notes[run]:  # another server was quicker
                            self._queue.take_back(live.owner)
                        self._queue.add(live.owner, run, first=True)
                        self.servers.note(run, "waiting")
                del self._moving[run]
                moved = True
        return moved

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
        # Only a place of the cluster is of use at another server.
        elsewhere = [] if live.here else self._others
        if live.paused:
            return len(self._queue) + len(elsewhere) > 0 and now - live.paused > PAUSED
        going = sum(other.leaving is not None for other in self._live.values())
        waiting = self._queue.count_others(live.owner)
        waiting += sum(other.runs for other in elsewhere if other.owner != live.owner)
        return waiting > going and now - live.begun > SLICE

    def _begin(self) -> bool:
        begun = False
        left, self._left = self._left, None
        while run := self._queue.next(partial(self._fits, left=left)):
            begun, left = True, None
            try:
                before, owner = self._store.event_bytes(run), self._store.meta(run).owner
                launcher = self._local if run in self._here else self._launcher
                job = launcher.launch(self._store.folder(run), self._notes.pop(run, ""))
                self._live[run] = Live(job, owner, before, time.monotonic(), run in self._here)
                self.servers.note(run, "running")
            except UnknownRun:
                continue
            except OSError as error:
                log.error("no worker for a run", exc_info=error)
                self._say(run, events.interruption("launch", KILLED.format(how="could not be started")))
                self._leave(run)
        return begun

    def _fits(self, run: str, left: float | None) -> bool:
        """True if there is a place for a run now.

        Args:
            left: time since which that has been left to an owner at another server.
        """
        if self._places is not None and len(self._live) >= self._places:
            return False
        if self._cluster is None:
            return True
        try:
            folder = self._store.folder(run)
            if run in self._here or self._cluster.must_stay(folder):
                self._here.add(run)
                return sum(live.here for live in self._live.values()) < places()
            return self._cluster.has_place(folder) and not self._leaves(run, left)
        except UnknownRun:  # it is passed over as its turn has come
            return True

    def _leaves(self, run: str, left: float | None) -> bool:
        """True if a place is left to an owner at another server, whose turn comes before this run's.

        Not for long: that server may have come to a halt, or the place may be of no use to it.
        """
        meta, now = self._store.meta(run), time.monotonic()
        mine = Waiting(self._queue.last_turn(meta.owner), meta.number, meta.owner, 1)
        if not any(other < mine and other.owner != mine.owner for other in self._others):
            return False
        self._left = left or now
        return now - self._left < LEFT

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


def _is_taken_up(state: str, last: Event | None) -> bool:
    """True if a run goes on by itself in the place of a server that has died.

    Args:
        state: what was to become of it there.
    """
    return state == "waiting" or (state == "running" and _is_interrupted(last))


def _is_interrupted(last: Event | None) -> bool:
    """True if a run with this last event has lost its worker."""
    return last is not None and last["kind"] == "interrupted"


def _gave_way(last: Event | None) -> bool:
    """True if a run has ended because its place was needed."""
    return last is not None and _is_interrupted(last) and last["reason"] == "place"


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
