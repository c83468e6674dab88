"""Journal of a run, written by one process: events in a file that only grows.

Every event is handed to the system at once: a worker that is killed loses none. Before a checkpoint they are
flushed to the disk, so that a machine that fails has the events that led to each checkpoint it has.
"""

import errno
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from filelock import lock_descriptor

from dlviz.training.runs.events import Event

EVENTS, RESERVE = "events.jsonl", "reserve"
RESERVED = 16_384  # bytes set aside for the last words on a full disk
FULL = (errno.ENOSPC, errno.EFBIG, errno.EDQUOT)


class DiskFull(OSError):
    """There is no room for what was to be written; what was written before is whole."""


class Held(RuntimeError):
    """Another process writes this run."""


class Journal:
    """Writer of a run's folder, alone: it holds the run's lock until it is closed.

    Raises: Held if another process writes it; DiskFull if there is no room for a file.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        # The system frees the lock of a process that has died, of whatever.
        with room():
            self._lock = (folder / "lock").open("ab")
        if not lock_descriptor(self._lock.fileno(), blocking=False):
            self._lock.close()
            raise Held(f"Another process writes the run {folder.name}.")
        with room():
            self._file = (folder / EVENTS).open("ab", buffering=0)
        self._file.truncate(_whole(folder / EVENTS))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Let others write the run."""
        self._file.close()
        self._lock.close()

    def size(self) -> int:
        """Size of the events in bytes."""
        return os.fstat(self._file.fileno()).st_size

    def reserve(self) -> None:
        """Set room aside for `last_words`. Raises: DiskFull."""
        with room(), (self.folder / RESERVE).open("wb") as file:
            file.write(os.urandom(RESERVED))
            file.flush()
            os.fsync(file.fileno())

    def write(self, *events: Event) -> None:
        """Add events, all of them or none. Raises: DiskFull."""
        self.append(b"".join(json.dumps(event, separators=(",", ":")).encode() + b"\n" for event in events))

    def append(self, lines: bytes) -> None:
        """Add events as another journal has written them, all of them or none. Raises: DiskFull."""
        size = self.size()
        try:
            with room():
                self._append(lines)
        except DiskFull:
            self._file.truncate(size)
            raise

    def to_disk(self) -> None:
        """Wait until what was written has reached the disk. Raises: DiskFull."""
        with room():
            os.fsync(self._file.fileno())

    def last_words(self, *events: Event) -> None:
        """Add the events that end a process's work, in the reserved room if need be.

        Raises: DiskFull if somebody else was quicker.
        """
        (self.folder / RESERVE).unlink(missing_ok=True)
        self.write(*events)

    def _append(self, data: bytes) -> None:
        while data:
            data = data[self._file.write(data) or 0 :]


@contextmanager
def room() -> Iterator[None]:
    """Raise DiskFull where something is written to a full disk."""
    try:
        yield
    except OSError as error:
        if error.errno in FULL:
            raise DiskFull(*error.args) from error
        raise


def _whole(file: Path) -> int:
    """Size in bytes of a file's whole lines: the last may be half-written."""
    return file.read_bytes().rfind(b"\n") + 1
