"""Disk space of the runs: the most they may take, and those that are dropped beyond it."""

import os
from collections.abc import Iterable
from dataclasses import dataclass

SETTING = "DLVIZ_RUNS_GB"
TOTAL = 4.0  # gigabytes; a run of twenty epochs of SimpleCNN takes about 0.13


@dataclass(frozen=True)
class Room:
    """Disk space of a run, in bytes; it stays if it is pinned, running or waiting.

    `age` is a key that is smaller for older runs.
    """

    run: str
    age: tuple[int, float]
    size: int
    stays: bool


def read_total() -> int:
    """Bytes that all runs together may take: as many gigabytes as `DLVIZ_RUNS_GB` says, else 4.

    Raises: ValueError.
    """
    named = os.environ.get(SETTING) or str(TOTAL)
    try:
        total = float(named)
    except ValueError:
        total = 0.0
    if not 0 < total < float("inf"):
        raise ValueError(f"{SETTING} is a number of gigabytes, such as 40, and not {named}.")
    return int(total * 1e9)


def excess(rooms: Iterable[Room], total: int) -> list[str]:
    """Choose the runs to drop so that the rest takes at most the total: those that may go, oldest first."""
    rooms = sorted(rooms, key=lambda room: room.age)
    over = sum(room.size for room in rooms) - total
    dropped = []
    for room in rooms:
        if over <= 0:
            break
        if not room.stays:
            dropped.append(room.run)
            over -= room.size
    return dropped
