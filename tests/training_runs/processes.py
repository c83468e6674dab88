"""Worker processes, looked at from outside, and a server that is silent, for a worker within the test."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from dlviz.training.runs.command_reader import CommandReader
from dlviz.training.runs.service import Service


def until(true: Callable[[], object], seconds: float = 60) -> float:
    """The seconds that it took until this was true."""
    start = time.monotonic()
    while not true():
        assert time.monotonic() < start + seconds
        time.sleep(0.01)
    return time.monotonic() - start


def children(process: int) -> list[int]:
    """The processes that a process has started."""
    files = Path(f"/proc/{process}/task").glob("*/children")
    return [int(child) for file in files for child in file.read_text().split()]


def workers(server: int) -> dict[int, str]:
    """The server's worker processes that train, and the run that each of them trains."""
    found = {}
    for child in children(server):
        with suppress(OSError):
            for file in (link.readlink() for link in Path(f"/proc/{child}/fd").iterdir()):
                if file.name == "events.jsonl":
                    found[child] = file.parent.name
    return found


def alive(process: int) -> bool:
    """Whether a process runs still: one that has ended may yet be listed."""
    try:
        status = Path(f"/proc/{process}/stat").read_text()
    except OSError:
        return False
    return status.rpartition(")")[2].split()[0] != "Z"


def losses(runs: Service, run: str) -> list[tuple[object, object]]:
    """Step and loss of every batch that counts."""
    return [(event["step"], event["loss"]) for event in runs.store.events(run) if event["kind"] == "batch"]


@contextmanager
def silent_server() -> Iterator[CommandReader]:
    """A reader that hears no command, and at the end that the server has ended."""
    silent, held = os.pipe()  # where the input ends, so does the work
    with open(silent, "rb") as lines:
        reader = CommandReader(lines, give_up=lambda: None)
        try:
            yield reader
        finally:
            os.close(held)
            # A file that is closed while another thread reads it raises there.
            assert reader.wait_for_run() is None
