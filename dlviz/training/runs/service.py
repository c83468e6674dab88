"""Service of this server's runs: submitted, queued, trained, steered by their owners, watched by anyone."""

import os
import threading
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from dlviz.training.runs import space
from dlviz.training.runs.events import CURVE, FINETUNING, FINISHED, NAMED, SENTENCES, SURFACE, Kind
from dlviz.training.runs.journal import DiskFull
from dlviz.training.runs.launcher import Cluster, Launcher, LocalLauncher, Machine
from dlviz.training.runs.owner import hashed, owns
from dlviz.training.runs.scheduler import Scheduler, places
from dlviz.training.runs.servers import alone
from dlviz.training.runs.store import Fill, Meta, Store, UnknownRun

FULL = "The disk is full: delete runs that you no longer need."
HIGHEST = 1e300  # a learning rate: a schedule multiplies it
SCHEDULER = "DLVIZ_SCHEDULER"  # names the address of a Dask scheduler, such as tcp://10.0.0.5:8786
WAITING = 40  # runs that one owner may have in the queue: a few ready-made experiments with three seeds


class Refused(RuntimeError):
    """A request that is not possible; the message says why to a learner."""


class Config(Protocol):
    """Config of a run, as `dlviz.training.config.TrainingConfig`."""

    def to_json(self) -> str:
        """Write the config as JSON."""
        ...


@dataclass(frozen=True)
class Status:
    """A run as it stands.

    Attributes:
        kind: `trained`, `imported` where its weights come from a file, what it measures, or
            `finetuning`.
        created: seconds since 1970, by a clock that may have been set since.
        age: key by which runs are sorted, the oldest first.
        state: `waiting`, `running`, `paused`, `interrupted` (it can resume) or `ended`.
        reason: `done`, `stopped`, `early`, `diverged`, `time`, `failed`, `full`; or of an interruption
            `killed`, `server`, `place`, `launch`; else empty.
        sentence: the same for a learner.
        can_go_on: true if its owner may resume it from its last checkpoint.
        place: 1 for the run that is next in the queue; None if it does not wait, or at another server.
        queue: number of waiting runs of all learners.
    """

    run: str
    kind: Kind
    name: str
    created: float
    age: tuple[int, float]
    pinned: bool
    state: str
    reason: str
    sentence: str
    can_go_on: bool
    place: int | None
    queue: int


class Service:
    """Service that pages ask about runs. Every method with a token is for the run's owner.

    They raise UnknownRun if there is no such run, and Refused if it is another learner's, or if what is asked
    is not possible. To ask twice (in two tabs) is the same as to ask once.

    Args:
        at_a_time: runs that are trained together, by default as many as the cores or the cluster bear; with 0
            all wait.
        total: bytes of disk for all runs, by default as `space.read_total` has it; beyond it, old ones that
            are not pinned are dropped.
    """

    def __init__(
        self,
        store: Store | None = None,
        launcher: Launcher | None = None,
        at_a_time: int | None = None,
        total: int | None = None,
    ) -> None:
        self.store = store or Store()
        self._cluster: Cluster | None = None
        self.total = space.read_total() if total is None else total
        launcher = launcher or choose_launcher(self.store.root)
        if isinstance(launcher, Cluster):
            self._cluster = launcher
        elif at_a_time is None:
            at_a_time = places()
        self._scheduler = Scheduler(self.store, launcher, at_a_time, self.tidy)
        self.store.sweep()
        self._scheduler.start(self.store.ids())

    def prepare(self) -> None:
        """Have a worker warm, for whoever opens the page."""
        self._scheduler.prepare()

    def submit(self, config: Config, token: str, name: str = "", fill: Fill | None = None) -> str:
        """Submit a run, and return its id.

        Args:
            fill: writes the learner's own data into the run's folder, before anybody sees the run.
        """
        owner = hashed(token)
        if self._scheduler.count_waiting(owner) >= WAITING:
            raise Refused(f"You have {WAITING} runs in the queue: wait for some, or stop some.")

        def claim_and_fill(folder: Path) -> None:
            self._scheduler.servers.claim_new(folder)
            if fill:
                fill(folder)

        try:
            self._scheduler.servers.enter()
            run = self.store.create(config.to_json(), owner, name, claim_and_fill)
            self._scheduler.add(owner, run)
        except DiskFull as error:
            raise Refused(FULL) from error
        return run

    def pause(self, run: str, token: str) -> None:
        """Hold a run that is trained. If others wait, it makes room for them after a while."""
        self._steer(run, token, {"do": "pause"})

    def resume(self, run: str, token: str) -> None:
        """Let a paused run go on: at once, or when its turn comes if it has made room."""
        if not self._steer(run, token, {"do": "resume"}):
            self.go_on(run, token)

    def stop(self, run: str, token: str) -> None:
        """End a run, with a last checkpoint if it is trained."""
        if not self._steer(run, token, {"do": "stop"}):
            self._scheduler.withdraw(run)

    def change_rate(self, run: str, token: str, value: float) -> None:
        """Train on with another learning rate; nothing if the run is not trained now."""
        if not 0 < value < HIGHEST:
            raise Refused("A learning rate is a number above 0, such as 0.001, and not beyond all measure.")
        self._steer(run, token, {"do": "rate", "value": float(value)})

    def scale_rate(self, run: str, token: str, factor: float) -> None:
        """Multiply the rate that the run has when it hears this; nothing if it is not trained now."""
        if not 0 < factor < HIGHEST:
            raise Refused("A learning rate is multiplied by a number above 0, such as 10.")
        self._steer(run, token, {"do": "scale", "factor": float(factor)})

    def go_on(self, run: str, token: str) -> None:
        """Resume a stopped or interrupted run from its last checkpoint when its turn comes."""
        meta = self._owned(run, token)
        with self._scheduler.lock:
            if self._scheduler.state(run):
                return
            if not self.status(run).can_go_on:
                raise Refused("This run has ended: there is nothing left for it to do.")
            try:
                self._scheduler.add(meta.owner, run)
            except DiskFull as error:
                raise Refused(FULL) from error

    def pin(self, run: str, token: str, pinned: bool) -> None:
        """Keep a run for good, or no longer."""
        self._owned(run, token)
        self._change(run, pinned=pinned)

    def rename(self, run: str, token: str, name: str) -> None:
        """Give a run another name."""
        self._owned(run, token)
        self._change(run, name=name)

    def delete(self, run: str, token: str) -> None:
        """Remove a run that is neither trained nor waiting."""
        self._owned(run, token)
        with self._scheduler.lock, alone(self.store.root):
            if self._busy(run):
                raise Refused("This run has not ended: stop it first.")
            self.store.delete(run)

    def runs(self, token: str) -> list[Status]:
        """Runs of an owner that train a network of `dlviz.networks`, or hold one, the newest first."""
        return [status for status in self._all(token) if status.kind not in NAMED]

    def curves(self, token: str) -> list[Status]:
        """Runs of an owner that measure a curve, the newest first."""
        return [status for status in self._all(token) if status.kind in (CURVE, SENTENCES)]

    def surfaces(self, token: str) -> list[Status]:
        """Runs of an owner that measure a surface, the newest first."""
        return [status for status in self._all(token) if status.kind == SURFACE]

    def finetunings(self, token: str) -> list[Status]:
        """Runs of an owner that fine-tune an encoder, the newest first."""
        return [status for status in self._all(token) if status.kind == FINETUNING]

    def _all(self, token: str) -> list[Status]:
        mine = []
        for run in self.store.ids():
            with suppress(UnknownRun):
                if owns(token, self.store.meta(run).owner):
                    mine.append(self.status(run))
        return sorted(mine, key=lambda status: status.age, reverse=True)

    def owned_by(self, run: str, token: str | None) -> bool:
        """True if this is the token of the run's owner. Raises: UnknownRun."""
        return owns(token, self.store.meta(run).owner)

    def status(self, run: str) -> Status:
        """Status of a run, for anyone who has its id. Raises: UnknownRun."""
        meta, state = self.store.meta(run), self._scheduler.state(run)
        place, queue = self._scheduler.place(run)
        last = {} if state else self._scheduler.last(run) or {}
        ending = {"end": "ended", "interrupted": "interrupted"}.get(str(last.get("kind")))
        reason, sentence = (str(last.get(key, "")) if ending else "" for key in ("reason", "sentence"))
        return Status(
            run=run,
            kind=self.store.kind(run),
            name=meta.name,
            created=meta.created,
            age=meta.age,
            pinned=meta.pinned,
            # Until its worker's end is noticed, or if another server trains it, a run counts as running.
            state=state or ending or "running",
            reason=reason,
            sentence=sentence,
            can_go_on=ending is not None and reason not in FINISHED,
            place=place,
            queue=queue,
        )

    def tidy(self) -> None:
        """Drop old runs if all together take too much of the disk."""
        rooms = []
        for run in self.store.ids():
            with suppress(UnknownRun, FileNotFoundError):
                meta = self.store.meta(run)
                rooms.append(space.Room(run, meta.age, self.store.size(run), meta.pinned or self._busy(run)))
        for run in space.excess(rooms, self.total):
            with self._scheduler.lock, suppress(UnknownRun, DiskFull), alone(self.store.root):
                if not self._busy(run):
                    self.store.delete(run)

    def place_of(self, run: str) -> str | None:
        """Name of the machine that trains a run, empty for this one; None if none does now."""
        return self._scheduler.machine(run)

    def machines(self) -> list[Machine] | None:
        """Machines of the cluster, by name; None if runs are trained by this machine alone."""
        return self._cluster.machines() if self._cluster else None

    def cluster_problem(self, run: str) -> str:
        """Sentence on why the cluster cannot train this run; empty if it can, or if there is none."""
        return self._cluster.problem(self.store.folder(run)) if self._cluster else ""

    def train_here(self, run: str, token: str) -> None:
        """Have the machine of the server in charge train a run that waits for the cluster."""
        self._owned(run, token)
        try:
            self._scheduler.train_here(run)
        except DiskFull as error:
            raise Refused(FULL) from error

    def close(self) -> None:
        """End all workers of this machine. Their runs can resume when the server is started again.

        What a cluster trains goes on, and the next server finds it.
        """
        self._scheduler.close()

    def _busy(self, run: str) -> bool:
        return self._scheduler.state(run) is not None or self._scheduler.is_lost(run)

    def _owned(self, run: str, token: str) -> Meta:
        meta = self.store.meta(run)
        if not owns(token, meta.owner):
            raise Refused("This run is another learner's: you may watch it, and train one like it yourself.")
        return meta

    def _steer(self, run: str, token: str, command: dict[str, object]) -> bool:
        """Hand a command to a run's worker; true if it has one."""
        self._owned(run, token)
        if self._scheduler.is_lost(run):
            raise Refused("This run is trained by another server, which cannot be reached: try again soon.")
        try:
            return self._scheduler.send(run, command)
        except DiskFull as error:
            raise Refused(FULL) from error

    def _change(self, run: str, *, name: str | None = None, pinned: bool | None = None) -> None:
        try:
            with self._scheduler.lock:
                self.store.change(run, name=name, pinned=pinned)
        except DiskFull as error:
            raise Refused(FULL) from error


def choose_launcher(root: Path) -> Launcher:
    """Choose a cluster's launcher where `DLVIZ_SCHEDULER` names one, else that of this machine.

    Args:
        root: folder of all runs.
    """
    address = os.environ.get(SCHEDULER)
    if not address:
        return LocalLauncher()
    from dlviz.training.cluster.launcher import ClusterLauncher  # late: it needs Dask

    return ClusterLauncher(address, root)


_shared: Service | None = None
_once = threading.Lock()


def shared() -> Service:
    """Service of this server, made when it is first needed."""
    global _shared
    with _once:
        _shared = _shared or Service()
        return _shared


def close_shared() -> None:
    """End the service of this server with all its workers, if there is one."""
    global _shared
    with _once:
        if _shared:
            _shared.close()
        _shared = None
