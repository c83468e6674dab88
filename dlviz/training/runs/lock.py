"""One process at a time writes a run. The system frees the lock of a process that has died, of whatever."""

import sys
from pathlib import Path
from typing import BinaryIO

if sys.platform == "win32":
    import msvcrt

    def _lock(file: BinaryIO) -> None:
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _lock(file: BinaryIO) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def take(folder: Path) -> BinaryIO | None:
    """The run's lock, held until it is closed; None if another process holds it."""
    file = (folder / "lock").open("ab")
    try:
        _lock(file)
    except OSError:
        file.close()
        return None
    return file
