"""Launcher of runs on a Dask cluster, whose machines come and go.

A thread of its own holds the connection, and opens it again when it is lost. Each run is one task, bound to a
worker that this launcher has chosen: should that worker be lost, Dask does not begin the task again, and the
run comes back to the fair queue.
"""

import asyncio
import json
import logging
import secrets
import threading
import time
import warnings
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

from distributed import Client, Future, fire_and_forget
from distributed.versions import VersionMismatchWarning

from dlviz.training.cluster import on_worker
from dlviz.training.cluster.mirror import Mirror
from dlviz.training.cluster.security import BadAddress, check_address, find_security
from dlviz.training.cluster.shared_folder import read_token
from dlviz.training.commands import Command
from dlviz.training.runs.events import NO_ROOM, SURFACE
from dlviz.training.runs.journal import DiskFull
from dlviz.training.runs.launcher import Job, Machine, NotAsked
from dlviz.training.runs.store import CONFIG, find_named

PLACE, GPU = "run", "cuda"  # resources of a Dask worker: a run takes one place, and one GPU if it asks for it
LOOK = 0.25  # seconds between two looks at the cluster
AGAIN = 1.0  # seconds until a lost scheduler is asked for again
ANSWER = 5.0  # seconds that a scheduler has to answer in
SILENT = 60.0  # seconds after which a worker that does not answer is taken for lost
LEAVING = 5.0  # seconds to take leave in
KEY = "dlviz-run-"
LOST = "The machine {} was lost while it trained this run: the run goes on from its last checkpoint."
NO_GPU = "This run asks for a graphics card, and no machine of the cluster has one."
GONE = "The connection to the cluster was lost for a while: the run goes on from its last checkpoint."

log = logging.getLogger(__name__)


@dataclass
class Worker:
    """A Dask worker as it was last seen.

    Attributes:
        problem: a sentence on why no run can be trained there; empty if one can, None while that is asked.
        process: name of its process, which another one at the same address has not.
        shared: true if it sees this server's folder of runs.
        full: true if it has had no place for a run of this server's, until the next look.
        tasks: keys of the trainings that it has been handed, by whichever server.
        ended: keys of those that have ended, though the scheduler may not have noticed yet.
    """

    address: str
    name: str
    places: int
    gpus: int
    problem: str | None = None
    process: str = ""
    shared: bool = False
    full: bool = False
    tasks: set[str] = field(default_factory=set)
    ended: set[str] = field(default_factory=set)


class ClusterJob:
    """A run that is trained on a Dask worker, steered from any thread.

    Args:
        note: a sentence that the run tells as it goes on; empty if there is nothing to say.
        call: has a function called by the thread that speaks with the cluster.
    """

    def __init__(
        self, key: str, folder: Path, worker: Worker, note: str, call: Callable[[Callable[[], object]], None]
    ) -> None:
        self.key, self.folder, self.worker, self.note = key, folder, worker, note
        self.gpu = wants_gpu(folder)
        self.code: int | None = None
        self.commands: asyncio.Queue[Command] = asyncio.Queue()
        self._call, self._killed = call, False
        self._why_lost: str | None = None

    def send(self, command: Command) -> None:
        """Hand a command to the worker."""
        self._call(lambda: self.commands.put_nowait(command))

    def ended(self) -> int | None:
        """Exit code of the training; None while it goes on."""
        return self.code

    def lost(self) -> str | None:
        """Sentence on how the worker was lost, empty if its place was; None if neither was."""
        return self._why_lost

    def hang_up(self) -> None:
        """Do nothing: the worker goes on, and the next server finds the run."""

    def kill(self) -> None:
        """End the training now; what its last checkpoint holds is kept."""
        if not self._killed:
            self._killed = True
            self.send({"do": "kill"})

    def lose(self, why: str) -> None:
        """Give the training up: its worker is gone, or has no place."""
        if self.code is None:
            self._why_lost = why
            self.code = -1


class Unfit(Exception):
    """A scheduler that cannot be worked with; the message is a sentence that says why."""


class ClusterLauncher:
    """Launcher on the Dask workers that a scheduler knows.

    Args:
        address: of the scheduler, such as `tcp://10.0.0.5:8786`.
        root: folder of all runs, which the workers see too.
    """

    def __init__(self, address: str, root: Path) -> None:
        self.address = address
        self._problem = f"The scheduler at {address} has not answered yet."
        self._root = root
        self._lock = threading.Lock()
        self._workers: dict[str, Worker] = {}  # by address
        self._jobs: dict[str, ClusterJob] = {}  # by key, until they have ended
        self._tasks: set[asyncio.Task[None]] = set()
        self._loop = asyncio.new_event_loop()
        self._closing = asyncio.Event()
        self._client: Any = None
        self._token = ""  # that lies in the folder of all runs
        self._new = True  # the scheduler has neither answered nor failed to
        self._found: dict[
            str, tuple[str, str]
        ] = {}  # run -> key and address of a training found at the start
        self._thread = threading.Thread(target=self._work, name="cluster", daemon=True)
        self._thread.start()

    def prepare(self) -> None:
        """Do nothing: each Dask worker has kept a process warm since it was first looked at."""

    def problem(self, folder: Path | None = None) -> str:
        """Sentence on why a run cannot begin on the cluster; empty if it could, were a place free.

        Args:
            folder: of the run; without one it is a run that asks for nothing.
        """
        with self._lock:
            if self._problem:
                return self._problem
            fit = [worker for worker in self._workers.values() if not worker.problem]
            unfit = [worker.problem for worker in self._workers.values() if worker.problem]
            if not fit:
                return unfit[0] if unfit else f"The scheduler at {self.address} has no workers."
            if folder and wants_gpu(folder) and not any(worker.gpus for worker in fit):
                return NO_GPU
            return ""

    def has_place(self, folder: Path) -> bool:
        """True if a worker can begin with this run now."""
        with self._lock:
            return self._choose(folder) is not None

    def launch(self, folder: Path, note: str = "") -> ClusterJob:
        """Hand the run to the worker that has most places free. Raises: OSError if none has."""
        with self._lock:
            worker = self._choose(folder)
            if worker is None:
                raise OSError("no Dask worker has a place")
            job = ClusterJob(f"{KEY}{folder.name}-{secrets.token_hex(4)}", folder, worker, note, self.call)
            self._jobs[job.key] = job
        self.call(lambda: self._begin(self._follow(job, begun=False)))
        return job

    def adopt(self, folder: Path) -> ClusterJob | None:
        """Take on a run that another server has left to a worker; None if none trains it.

        Raises: NotAsked if that is not known yet.
        """
        with self._lock:
            if self._new or any(worker.problem is None for worker in self._workers.values()):
                raise NotAsked
            key, address = self._found.pop(folder.name, ("", ""))
            for worker in self._workers.values():
                for task in worker.tasks:
                    if task.startswith(f"{KEY}{folder.name}-"):
                        key, address = task, worker.address
            worker = self._workers.get(address)
            if worker is None or key in self._jobs:
                return None
            job = self._jobs[key] = ClusterJob(key, folder, worker, "", self.call)
        self.call(lambda: self._begin(self._follow(job, begun=True)))
        return job

    def must_stay(self, folder: Path) -> bool:
        """True if a run reads others' folders, and no worker sees these."""
        with self._lock:
            shared = any(worker.shared for worker in self._workers.values())
            return _is_measuring_others(folder) and bool(self._workers) and not shared

    def machine(self, job: Job) -> str:
        """Name of the machine that trains a run; empty for this one."""
        return job.worker.name if isinstance(job, ClusterJob) else ""

    def machines(self) -> list[Machine]:
        """Machines of the cluster, by name."""
        with self._lock:
            found = [
                Machine(worker.name, worker.places, self._count_free(worker), worker.gpus, worker.problem)
                for worker in self._workers.values()
                if worker.problem is not None
            ]
        return sorted(found, key=lambda machine: machine.name)

    def close(self) -> None:
        """Take leave of the cluster."""
        self.call(self._closing.set)
        self._thread.join(LEAVING)

    def call(self, function: Callable[[], object]) -> None:
        """Have the launcher's thread call a function."""
        with suppress(RuntimeError):  # it has been closed
            self._loop.call_soon_threadsafe(function)

    def _choose(self, folder: Path) -> Worker | None:
        gpu, shared = wants_gpu(folder), _is_measuring_others(folder)
        fit = [
            worker
            for worker in self._workers.values()
            if worker.problem == ""
            and self._count_free(worker)
            and (not gpu or self._count_free_gpus(worker))
            and (not shared or worker.shared)
        ]
        # A run that asks for no GPU leaves the machines that have one to others.
        return max(fit, key=lambda each: (gpu or not each.gpus, self._count_free(each)), default=None)

    def _count_free(self, worker: Worker) -> int:
        mine = {key for key, job in self._jobs.items() if job.worker is worker}
        return 0 if worker.full else max(0, worker.places - len(worker.tasks | mine))

    def _count_free_gpus(self, worker: Worker) -> int:
        taken = sum(job.gpu and job.worker is worker for job in self._jobs.values())
        return max(0, worker.gpus - taken)

    def _work(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_until_complete(self._keep_connected())
        finally:
            self._loop.close()

    async def _keep_connected(self) -> None:
        while not self._closing.is_set():
            gone = f"The scheduler at {self.address} does not answer."
            try:
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore", VersionMismatchWarning)  # it is said by name below
                    client = await self._connect()
                try:
                    await self._look_after(client)
                finally:
                    self._client = None
                    for task in self._tasks:
                        task.cancel()
                    await asyncio.gather(*self._tasks, return_exceptions=True)
                    await client.close(LEAVING)
            except (Unfit, BadAddress) as error:
                gone = str(error)
            except (OSError, TimeoutError) as error:
                log.debug("no connection to the scheduler", exc_info=error)
            except Exception:
                log.exception("the cluster could not be looked after")
            with self._lock:
                self._problem, self._new, self._found = gone, False, {}
                for address in list(self._workers if not self._closing.is_set() else ()):
                    self._lose(address, GONE)
            await self._rest(AGAIN)

    async def _connect(self) -> Any:
        security = find_security()
        check_address(self.address, security)
        opened: Any = Client(
            self.address,
            asynchronous=True,
            security=security,
            timeout=ANSWER,
            set_as_default=False,
            direct_to_workers=False,
        )
        return await opened

    async def _look_after(self, client: Any) -> None:
        theirs = (await client.scheduler.versions())["packages"]
        if problem := _compare("The scheduler", theirs):
            raise Unfit(problem)
        self._token = await asyncio.to_thread(read_token, self._root)
        self._client = client
        while not self._closing.is_set() and client.status == "running":
            await self._look(client)
            await self._rest(LOOK)

    async def _look(self, client: Any) -> None:
        """See which workers there are, and what they train."""
        seen = (await client.scheduler.identity(n_workers=-1))["workers"]
        busy = await client.scheduler.processing(workers=None)
        with self._lock:
            self._problem, self._new = "", False
            for address in self._workers.keys() - seen.keys():
                self._lose(address, LOST.format(self._workers[address].name))
            for address in seen.keys() - self._workers.keys():
                resources = seen[address]["resources"]
                places, gpus = (int(resources.get(name, 0)) for name in (PLACE, GPU))
                # A worker without a name is called by its address.
                named = seen[address]["id"]
                name = seen[address]["host"] if named == address else named
                worker = self._workers[address] = Worker(address, str(name), places, gpus)
                self._begin(self._ask(client, worker))
            for address, worker in self._workers.items():
                keys = {str(key) for key in busy.get(address, ()) if str(key).startswith(KEY)}
                worker.ended &= keys
                worker.tasks, worker.full = keys - worker.ended, False

    async def _ask(self, client: Any, worker: Worker) -> None:
        """Ask a new worker whether runs can be trained there, and which are."""
        try:
            found = await _call(client, worker.address, on_worker.look, self._token)
            problem = find_problem(worker, found)
        except ImportError:
            problem = f"The machine {worker.name} has no dlviz of this version, so it trains nothing."
        except Exception as error:
            log.warning("the machine %s cannot be asked", worker.name, exc_info=error)
            problem = f"The machine {worker.name} does not answer as it should, so it trains nothing."
            self._loop.call_later(ANSWER, self._ask_again, client, worker)
        else:
            worker.process, worker.shared = found.process, found.shared
            with self._lock:
                self._found |= {run: (key, worker.address) for key, run in found.trainings.items()}
        if problem:
            log.warning("%s", problem)
        worker.problem = problem

    def _ask_again(self, client: Any, worker: Worker) -> None:
        if client is self._client and self._workers.get(worker.address) is worker:
            self._begin(self._ask(client, worker))

    async def _follow(self, job: ClusterJob, begun: bool) -> None:
        """Have a run trained, and hand on what its owner wants, until it has ended or its worker is lost."""
        mirror: Mirror | None = None
        try:
            while self._client is None:
                await asyncio.sleep(LOOK)
            client = self._client
            if not job.worker.shared:
                mirror = await asyncio.to_thread(Mirror, job.folder)
            if not begun and not await self._hand_over(client, job, mirror):
                return
            steering = asyncio.create_task(self._steer(client, job))
            try:
                await self._fetch(client, job, mirror)
            finally:
                steering.cancel()
        except DiskFull:
            log.error("the run %s found no room on the disk", job.folder.name)
            with suppress(OSError, TimeoutError):
                await _call(self._client, job.worker.address, on_worker.send, job.key, {"do": "kill"})
            job.code = NO_ROOM
        except asyncio.CancelledError:
            if not self._closing.is_set():
                job.lose(GONE)
            raise
        except Exception as error:
            log.error(
                "the run %s could not be trained on %s", job.folder.name, job.worker.name, exc_info=error
            )
            job.code = 1
        finally:
            if mirror:
                mirror.close()
            with self._lock:
                self._jobs.pop(job.key, None)
                job.worker.ended.add(job.key)

    async def _hand_over(self, client: Any, job: ClusterJob, mirror: Mirror | None) -> bool:
        """Hand a run to its worker; false if that is gone, or has no place any more."""
        worker = job.worker
        takes = {PLACE: 1, **({GPU: 1} if job.gpu else {})}
        files, lacking = (await asyncio.to_thread(mirror.pack)) if mirror else (None, frozenset())
        try:
            given = (job.key, job.folder.name, takes, files, lacking)
            received = await _call(client, worker.address, on_worker.receive, *given)
        except (OSError, TimeoutError) as error:
            log.debug("no answer from %s", worker.name, exc_info=error)
            job.lose(LOST.format(worker.name))
            return False
        if not received:
            worker.full = True  # until this server sees whose run is trained there
            job.lose("")
            return False
        task = client.submit(
            on_worker.train,
            job.key,
            worker.process,
            job.note,
            key=job.key,
            workers=[worker.address],
            resources=takes,
            pure=False,
        )
        fire_and_forget(task)  # it goes on without this server, and the next one finds it
        return True

    async def _fetch(self, client: Any, job: ClusterJob, mirror: Mirror | None) -> None:
        heard = time.monotonic()
        while job.code is None:
            offset, known = (mirror.offset, mirror.known) if mirror else (0, {})
            try:
                news = await _call(client, job.worker.address, on_worker.fetch, job.key, offset, known)
            except Exception as error:
                # A worker that is gone is soon noticed; one that is not is asked again.
                log.debug("no answer from %s", job.worker.name, exc_info=error)
                if time.monotonic() - heard > SILENT:
                    job.lose(LOST.format(job.worker.name))
                await asyncio.sleep(LOOK)
                continue
            heard = time.monotonic()
            if news is None or news.code == on_worker.NOT_BEGUN:
                job.lose(LOST.format(job.worker.name))
                self._ask_again(client, job.worker)
                return
            if mirror:
                await asyncio.to_thread(mirror.write, news)
            if news.code is not None:
                if mirror:
                    mirror.close()
                with suppress(OSError, TimeoutError):
                    await _call(client, job.worker.address, on_worker.forget, job.key)
                job.code = news.code if job.code is None else job.code

    async def _steer(self, client: Any, job: ClusterJob) -> None:
        while True:
            command = await job.commands.get()
            while not await _call(client, job.worker.address, on_worker.send, job.key, command):
                await asyncio.sleep(on_worker.LOOK)

    def _lose(self, address: str, why: str) -> None:
        del self._workers[address]
        for key, job in list(self._jobs.items()):
            if job.worker.address == address:
                del self._jobs[key]
                job.lose(why)
                if self._client:
                    self._begin(self._cancel(self._client, key))

    async def _cancel(self, client: Any, key: str) -> None:
        """Take back a task whose worker is gone: bound to that worker, it would wait for ever."""
        with suppress(OSError, TimeoutError):
            await client.cancel([Future(key, client)], force=True)

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = self._loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _rest(self, seconds: float) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._closing.wait(), seconds)


async def _call(client: Any, address: str, call: Callable[..., Any], *args: object) -> Any:
    """Have a function called in a worker's process, outside of its tasks."""
    return (await client.run(call, *args, workers=[address]))[address]


def wants_gpu(folder: Path) -> bool:
    """True if the run in this folder asks for the device `cuda`."""
    try:
        return json.loads((folder / CONFIG).read_text(encoding="utf-8")).get("device") == GPU
    except (OSError, ValueError, AttributeError):  # its worker says what is wrong with it
        return False


def _is_measuring_others(folder: Path) -> bool:
    """True if the run in this folder reads the checkpoints of others."""
    try:
        return find_named((folder / CONFIG).read_text(encoding="utf-8")) == SURFACE
    except (OSError, ValueError):
        return False


def _compare(who: str, theirs: dict[str, str]) -> str:
    """Compare a machine's version of Dask with this one: a sentence where they differ, else empty."""
    here, there = version("distributed"), theirs.get("distributed")
    if here == there:
        return ""
    return f"{who} has Dask {there}, and this server Dask {here}: install the same on both."


def find_problem(worker: Worker, found: on_worker.Found) -> str:
    """Find why no run can be trained on a worker; empty if one can."""
    who, versions = f"The machine {worker.name}", found.versions
    if "torch" not in versions:
        return f"{who} has no PyTorch, so it trains nothing."
    if versions["torch"] != version("torch"):
        return f"{who} has PyTorch {versions['torch']}, and this server {version('torch')}: install the same."
    if not worker.places:
        return f"{who} offers no places: start its worker by dlviz worker, or with --resources run=2."
    return _compare(who, versions)
