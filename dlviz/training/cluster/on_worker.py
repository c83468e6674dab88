"""Training on a Dask worker: a task that trains one run, and what servers ask and tell meanwhile.

The task hands the run to a process of `dlviz.training.runs.worker`, as the server does on its own machine.
That process trains with the same threads and so the same numbers, can be killed, and ends with a checkpoint
when the Dask worker is gone. Where the server's folder of runs is not seen here, the run lies in a folder of
the Dask worker, and the server fetches what is new in it, by its place in bytes: whatever becomes of an
answer, nothing is lost or doubled. All functions but the task run in the Dask worker's event loop.
"""

import asyncio
import logging
import secrets
import shutil
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from threading import Lock

from distributed import Status, Worker, get_worker

from dlviz.paths import RUNS
from dlviz.training.cluster.shared_folder import is_shared
from dlviz.training.commands import Command
from dlviz.training.runs import checkpoints
from dlviz.training.runs.journal import EVENTS, Held, Journal
from dlviz.training.runs.launcher import LocalJob, LocalLauncher

LOOK = 0.05  # seconds between two looks at a training
ANSWER = 1.0  # seconds after which a question is answered although nothing has happened
RELEASE = 10.0  # seconds that an earlier process of the run has to end in
PENDING = 10.0  # seconds until a training that was received begins, or never will
UNATTENDED = 600.0  # seconds that a run is trained though no server asks for it
NOT_BEGUN = -1000  # code of a training that could not begin here
PACKAGES = ("dlviz", "torch", "distributed")
PROCESS = secrets.token_hex(8)  # names this process: another one may get its address

Signature = tuple[int, int]  # of a file: its last change in ns, by the worker's clock, and its size


@dataclass(frozen=True)
class Found:
    """Abilities of a Dask worker, and its trainings: the run of each by its key."""

    process: str
    versions: dict[str, str]
    shared: bool
    trainings: dict[str, str]


@dataclass(frozen=True)
class News:
    """News of a training since it was last asked.

    Attributes:
        code: exit code of its process, if that has ended; then this is the last of it.
        offset: bytes of events after those in `events`.
        files: checkpoints that are new or have changed, by name; `known` are the signatures of all there are.
    """

    code: int | None
    offset: int = 0
    events: bytes = b""
    files: dict[str, bytes] = field(default_factory=dict)
    known: dict[str, Signature] = field(default_factory=dict)


@dataclass
class Training:
    """A run that is trained here, or has just been.

    Attributes:
        takes: number of the worker's resources that it takes, by their names.
        shared: true if its folder is the server's own.
        lacking: names of checkpoints that are on the server alone; empty files stand for them here.
        asked: time, by the monotonic clock, at which a server last asked for it.
    """

    run: str
    folder: Path
    takes: dict[str, int]
    shared: bool
    lacking: frozenset[str]
    asked: float
    child: LocalJob | None = None
    code: int | None = None


_trainings: dict[str, Training] = {}  # by the task's key
_warm = LocalLauncher()
_launching = Lock()


def look(token: str) -> Found:
    """Tell what a server must know of this worker before it hands a run to it, and get ready for one."""
    _quieten()
    versions = {}
    for package in PACKAGES:
        with suppress(PackageNotFoundError):
            versions[package] = version(package)
    if "torch" in versions:
        with suppress(OSError), _launching:
            _warm.prepare()
    trainings = {key: training.run for key, training in _trainings.items()}
    return Found(PROCESS, versions, is_shared(RUNS, token), trainings)


async def receive(
    key: str,
    run: str,
    takes: dict[str, int],
    files: dict[str, bytes] | None,
    lacking: frozenset[str],
    dask_worker: Worker,
) -> bool:
    """Take in what the task of this key will need; false if another server has taken the place for a run.

    Args:
        takes: number of this worker's resources that the task takes, by their names.
        files: content of the run's folder by relative paths; None if the folder is shared.
        lacking: names of checkpoints that only the server keeps.
    """
    there_are = dask_worker.state.total_resources
    if any(_count_taken(name) + count > there_are.get(name, 0) for name, count in takes.items()):
        return False
    folder = RUNS / run if files is None else Path(dask_worker.local_directory) / key / run
    _trainings[key] = Training(run, folder, takes, files is None, lacking, time.monotonic())
    placeholders = {f"{checkpoints.FOLDER}/{name}": b"" for name in lacking}
    for name, content in {**(files or {}), **placeholders}.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    return True


def _count_taken(resource: str) -> int:
    """Count how much of a resource is taken by trainings that go on, or have just been received."""
    since = time.monotonic() - PENDING
    going = [each for each in _trainings.values() if each.code is None and (each.child or each.asked > since)]
    return sum(each.takes.get(resource, 0) for each in going)


def train(key: str, process: str, note: str) -> None:
    """Train a run that was received to its end.

    Args:
        process: the worker's that it was handed to; another one does nothing.
        note: a sentence that the run tells as it goes on; empty if there is nothing to say.
    """
    training = _trainings.get(key)
    if training is None:
        return
    if process != PROCESS or not _wait_for_release(training.folder):
        training.code = NOT_BEGUN
        return
    with _launching:
        child = training.child = _warm.launch(training.folder, note)
    here = get_worker()
    while (code := child.ended()) is None:
        if here.status != Status.running or time.monotonic() - training.asked > UNATTENDED:
            child.hang_up()
        time.sleep(LOOK)
    training.code = code


async def send(key: str, command: Command) -> bool:
    """Hand a command to a training, or end its process by `{"do": "kill"}`; false if it has not begun."""
    training = _trainings.get(key)
    if training is None or training.child is None:
        return False
    if command["do"] == "kill":
        training.child.process.kill()
    else:
        training.child.send(command)
    return True


async def fetch(key: str, offset: int, known: dict[str, Signature]) -> News | None:
    """Wait a moment for what is new of a training; None if there is no such training here.

    Args:
        offset: bytes of its events that the server has.
        known: signatures of the checkpoints that the server has from here.
    """
    deadline = time.monotonic() + ANSWER
    while training := _trainings.get(key):
        training.asked = time.monotonic()
        code = training.code  # before the files are read: afterwards nothing is written any more
        news = News(code)
        if not training.shared:
            news = await asyncio.to_thread(_read, training, code, offset, known)
        if code is not None or news.offset > offset or training.asked > deadline:
            return news
        await asyncio.sleep(LOOK)
    return None


async def forget(key: str) -> None:
    """Remove what is left of a training that has ended."""
    training = _trainings.pop(key, None)
    if training and not training.shared:
        await asyncio.to_thread(shutil.rmtree, training.folder.parent, ignore_errors=True)


def _read(training: Training, code: int | None, offset: int, known: dict[str, Signature]) -> News:
    # The events first: whatever checkpoint they tell of is there by then.
    events = training.folder / EVENTS
    data = b""
    if events.exists():
        with events.open("rb") as file:
            file.seek(offset)
            data = file.read()
    data = data[: data.rfind(b"\n") + 1]
    if not data and code is None:
        return News(None, offset, known=known)
    files, signatures = {}, {}
    for path in checkpoints.on_disk(training.folder).values():
        if path.name in training.lacking and not path.stat().st_size:
            signatures[path.name] = known.get(path.name, (0, 0))
            continue
        # Written anew while it is read, it is a whole file all the same, and has another signature next time.
        stat = path.stat()
        signatures[path.name] = stat.st_mtime_ns, stat.st_size
        if known.get(path.name) != signatures[path.name]:
            files[path.name] = path.read_bytes()
    return News(code, offset + len(data), data, files, signatures)


def _wait_for_release(folder: Path) -> bool:
    """Wait until no other process writes a run; false if one does for too long."""
    deadline = time.monotonic() + RELEASE
    while time.monotonic() < deadline:
        with suppress(Held), Journal(folder):
            return True
        time.sleep(LOOK)
    return False


def _quieten() -> None:
    """Leave out of the Dask worker's log that it is asked many times a second."""
    log = logging.getLogger("distributed.worker")
    if _is_worth_a_line not in log.filters:
        log.addFilter(_is_worth_a_line)


def _is_worth_a_line(record: logging.LogRecord) -> bool:
    return not (str(record.msg).startswith("Run out-of-band function") and record.args in CALLS)


ASKED: tuple[Callable[..., object], ...] = (look, receive, send, fetch, forget)
CALLS = tuple((call.__name__,) for call in ASKED)
