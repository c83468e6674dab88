"""Downloads that report their progress, and the folder they are kept in."""

import errno
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

FOLDER = Path.home() / ".cache" / "dlviz"
EVERY = 0.3  # seconds between two looks
FULL = (errno.ENOSPC, errno.EFBIG, errno.EDQUOT)  # errors of a disk without room


def watch(fetch: Callable[[], object], folder: Path, total: int) -> Iterator[tuple[int, int]]:
    """Fetch in a thread, and yield the bytes that have come and those expected, a few times a second.

    Args:
        fetch: writes what it downloads into the folder.
    Raises: what `fetch` raises.
    """
    raised: list[BaseException] = []

    def run() -> None:
        try:
            fetch()
        except Exception as error:
            raised.append(error)

    # A daemon, so that a process that is told to end need not wait for a slow network.
    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    while thread.is_alive():
        yield min(_size(folder), total), total
        thread.join(EVERY)
    if raised:
        raise raised[0]


def explain(error: Exception, name: str, size: int, otherwise: str) -> str:
    """Say in a sentence or two why a download has failed, and what to do.

    Args:
        name: of what was to come.
        size: in bytes.
        otherwise: the sentence if it was not for want of room.
    """
    if isinstance(error, OSError) and error.errno in FULL:
        return f"{name} needs {size / 1e6:,.0f} MB, and the disk is full. Make room on it, then try again."
    return otherwise


def _size(folder: Path) -> int:
    try:
        return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
    except OSError:  # a file that was there a moment ago
        return 0
