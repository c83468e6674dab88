"""Runs on disk, each in a folder of its own: config, meta, events, checkpoints.

A crash at any moment leaves a readable run: a folder appears whole, a file is replaced whole, and a
half-written last line of the events is not read.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from dlviz.paths import RUNS
from dlviz.training.runs import checkpoints
from dlviz.training.runs.events import NAMED, Event, Kind, Named, current, imported_events, kind, steps
from dlviz.training.runs.journal import EVENTS, DiskFull, room
from dlviz.training.runs.servers import alone

if TYPE_CHECKING:
    from dlviz.training.state import State

CONFIG, META = "config.json", "meta.json"
RUN = re.compile(r"[0-9a-f]{20}")
NAME = 80  # characters of a run's name
BLOCK = 4_096  # bytes first looked at for the last event

Fill = Callable[[Path], object]


class UnknownRun(LookupError):
    """There is no such run; the message says so to a learner."""


@dataclass(frozen=True)
class Meta:
    """Facts of a run beside its config.

    `owner` is the hash of the owner's token, `created` in seconds since 1970. `number` grows from run to run,
    whatever the clock says; runs that were made before there were numbers have 0.
    """

    owner: str
    created: float
    name: str
    pinned: bool = False
    number: int = 0

    @property
    def age(self) -> tuple[int, float]:
        """Key by which runs are sorted, the oldest first: a clock may have been set, a number is not."""
        return self.number, self.created


@dataclass(frozen=True)
class Tail:
    """Events from some place of a run's file on, and the place in bytes from which to read next."""

    events: list[Event]
    offset: int


class Store:
    """The folder of all runs. An id from outside is checked before it becomes a path."""

    def __init__(self, root: Path = RUNS) -> None:
        self.root = root
        self._metas: dict[str, tuple[int, int, Meta]] = {}  # read again when another server has changed them
        self._kinds: dict[str, Kind] = {}  # read once: they never change

    def create(self, config: str, owner: str, name: str, fill: Fill | None = None) -> str:
        """Create a run of this config (JSON), and return its id.

        Args:
            fill: writes further files that the run needs into the folder that it is given.
        Raises: DiskFull, or what `fill` raises; then there is no run.
        """
        run = secrets.token_hex(10)
        made = self.root / f".new-{run}"
        try:
            # Alone: no two runs have one number, and no other server takes this for what a crash has left.
            with alone(self.root), room():
                made.mkdir()
                replace_file(made / CONFIG, config)
                meta = Meta(owner, time.time(), shorten_name(name), number=self._next_number())
                replace_file(made / META, json.dumps(asdict(meta)))
                if fill:
                    fill(made)
                made.rename(self.root / run)
        except Exception:
            shutil.rmtree(made, ignore_errors=True)
            raise
        return run

    def _next_number(self) -> int:
        """The number after those of all runs, another server's on the same folder too."""
        numbers = [0]
        for run in self.ids():
            with suppress(UnknownRun):
                numbers.append(self.meta(run).number)
        return max(numbers) + 1

    def import_weights(self, state: State, owner: str, origin: str, name: str = "") -> str:
        """Create a run that holds a network from a file and has nothing left to do, and return its id.

        Args:
            state: the network, at step 0; its facts name the `classes`.
            origin: a sentence on the origin of its sizes and names, in Markdown.
            name: of the run; without one it is called by its class.
        Raises: DiskFull; then there is no run.
        """
        start: Event = {
            "network": state.class_name,
            "arguments": state.arguments,
            "classes": state.facts["classes"],
        }

        def fill(made: Path) -> None:
            (made / checkpoints.FOLDER).mkdir()
            state.save(checkpoints.path(made, 0))
            lines = [json.dumps(event) + "\n" for event in imported_events(start, origin)]
            (made / EVENTS).write_text("".join(lines), encoding="utf-8")

        return self.create(state.config.to_json(), owner, name or f"Brought in: {state.class_name}", fill)

    def folder(self, run: str) -> Path:
        """Folder of a run. Raises: UnknownRun, also for what is no id at all."""
        if RUN.fullmatch(run) is None or not (self.root / run).is_dir():
            raise UnknownRun("There is no run of that name here: the link is incomplete, or it was deleted.")
        return self.root / run

    def config(self, run: str) -> str:
        """Config of a run as it was submitted (JSON). Raises: UnknownRun."""
        try:
            return (self.folder(run) / CONFIG).read_text(encoding="utf-8")
        except FileNotFoundError as error:
            raise UnknownRun("The folder of this run is damaged: its config is missing.") from error

    def meta(self, run: str) -> Meta:
        """Facts of a run beside its config. Raises: UnknownRun."""
        file = self.folder(run) / META
        try:
            found = file.stat()  # the file is replaced, never changed
            version, known = (found.st_ino, found.st_mtime_ns), self._metas.get(run)
            if known is None or known[:2] != version:
                known = (*version, Meta(**json.loads(file.read_text(encoding="utf-8"))))
                self._metas[run] = known
        except (OSError, ValueError, TypeError) as error:
            raise UnknownRun("The folder of this run is damaged: it does not say whose it is.") from error
        return known[2]

    def kind(self, run: str) -> Kind:
        """Tell what a run is for: to be trained, to hold imported weights, to measure or to fine-tune.

        Raises: UnknownRun.
        """
        file = self.folder(run) / EVENTS
        if run not in self._kinds:
            # An imported run appears with its events; one that has none yet is to be trained.
            first = None
            if file.exists():
                with file.open("rb") as content:
                    first = _event(content.readline())
            self._kinds[run] = self._find_named(run) or kind(first)
        return self._kinds[run]

    def _find_named(self, run: str) -> Named | None:
        try:
            return find_named(self.config(run))
        except UnknownRun:  # a damaged folder, which others speak of
            return None

    def change(self, run: str, *, name: str | None = None, pinned: bool | None = None) -> None:
        """Give a run another name, or pin or unpin it. Raises: UnknownRun, DiskFull."""
        meta = self.meta(run)
        if name is not None:
            meta = replace(meta, name=shorten_name(name))
        if pinned is not None:
            meta = replace(meta, pinned=pinned)
        replace_file(self.folder(run) / META, json.dumps(asdict(meta)))

    def ids(self) -> list[str]:
        """Ids of all runs."""
        if not self.root.is_dir():
            return []
        return [folder.name for folder in self.root.iterdir() if RUN.fullmatch(folder.name)]

    def read(self, run: str, offset: int = 0) -> Tail:
        """Read the events since a place of an earlier `Tail`, for `events.extend`. Raises: UnknownRun."""
        return tail(self.folder(run), offset)

    def events(self, run: str) -> list[Event]:
        """Events that count, each step once. Raises: UnknownRun."""
        return current(self.read(run).events)

    def last(self, run: str) -> Event | None:
        """Last event, without reading the others; None if there is none. Raises: UnknownRun."""
        file = self.folder(run) / EVENTS
        size = file.stat().st_size if file.exists() else 0
        block = BLOCK
        while True:
            start = max(0, size - block)
            # Where a line begins is known of the file's beginning alone.
            lines = _read(file, start).split(b"\n")[start > 0 : -1]
            last = next((event for line in reversed(lines) if (event := _event(line))), None)
            if last or not start:
                return last
            block *= 2

    def event_bytes(self, run: str) -> int:
        """Size of the events in bytes. Raises: UnknownRun."""
        file = self.folder(run) / EVENTS
        return file.stat().st_size if file.exists() else 0

    def checkpoints(self, run: str) -> dict[int, Path]:
        """Checkpoints that count, by their step, oldest first. Raises: UnknownRun."""
        counted = steps(self.events(run))
        return {step: file for step, file in checkpoints.on_disk(self.folder(run)).items() if step in counted}

    def size(self, run: str) -> int:
        """Size of a run in bytes. Raises: UnknownRun."""
        return sum(file.stat().st_size for file in self.folder(run).rglob("*") if file.is_file())

    def delete(self, run: str) -> None:
        """Remove a run: at once for everybody who looks. Raises: UnknownRun."""
        gone = self.root / f".gone-{run}"
        try:
            self.folder(run).rename(gone)
        except FileNotFoundError:  # another server was quicker
            return
        self._metas.pop(run, None)
        self._kinds.pop(run, None)
        shutil.rmtree(gone, ignore_errors=True)

    def sweep(self) -> None:
        """Remove what a crash has left of runs half made or half deleted."""
        if not self.root.is_dir():
            return
        with suppress(OSError), alone(self.root):
            for rest in [*self.root.glob(".new-*"), *self.root.glob(".gone-*")]:
                shutil.rmtree(rest, ignore_errors=True)


def find_named(config: str) -> Named | None:
    """Find what a run of this config (JSON) measures, or that it fine-tunes; None for one that trains."""
    try:
        names = json.loads(config)
        return next((each for each in NAMED if each in names), None)
    except (ValueError, TypeError):
        return None


def tail(folder: Path, offset: int = 0) -> Tail:
    """Read the events of a run's folder from a place in bytes on, at which a line begins."""
    data = _read(folder / EVENTS, offset)
    *lines, rest = data.split(b"\n")
    events = [event for line in lines if (event := _event(line))]
    return Tail(events, offset + len(data) - len(rest))


def _read(file: Path, offset: int) -> bytes:
    try:
        with file.open("rb") as content:
            content.seek(offset)
            return content.read()
    except FileNotFoundError:
        return b""


def _event(line: bytes) -> Event | None:
    """Read an event; None for what a failing disk has left in place of a line."""
    try:
        event = json.loads(line)
    except ValueError:
        return None
    return event if isinstance(event, dict) and "kind" in event else None


def shorten_name(name: str) -> str:
    """Shorten a name to one line of bounded length."""
    return " ".join(name.split())[:NAME]


def replace_file(file: Path, text: str) -> None:
    """Replace a file whole: a crash leaves the old or the new. Raises: DiskFull."""
    made = file.with_name(f".{file.name}.new")
    try:
        with room(), made.open("w", encoding="utf-8") as content:
            content.write(text)
            content.flush()
            os.fsync(content.fileno())
    except DiskFull:
        made.unlink(missing_ok=True)
        raise
    made.replace(file)
