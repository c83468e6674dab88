"""Downloads that report their progress, and the folder they are kept in."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

FOLDER = Path.home() / ".cache" / "dlviz"
EVERY = 0.3  # seconds between two looks


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


def _size(folder: Path) -> int:
    try:
        return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
    except OSError:  # a file that was there a moment ago
        return 0
