"""Disk space of the runs: the most they may take, and those that are dropped beyond it."""

import math
import os
from collections.abc import Iterable
from dataclasses import dataclass

SPACE = "DLVIZ_RUNS_GB"  # says how many gigabytes the runs may take
USUAL = 4.0  # gigabytes; a run of twenty epochs of SimpleCNN takes about 0.13


@dataclass(frozen=True)
class Room:
    """Disk space of a run, in bytes; it stays if it is pinned, running or waiting.

    `age` is a key that is smaller for older runs.
    """

    run: str
    age: tuple[int, float]
    size: int
    stays: bool


def read_total() -> float:
    """Bytes that all runs may take: what `DLVIZ_RUNS_GB` says, else 4 GB. Raises: ValueError."""
    named = os.environ.get(SPACE)
    if not named:
        return 1e9 * USUAL
    try:
        gigabytes = float(named)
    except ValueError:
        gigabytes = math.nan
    # Never a guess in place of what was meant: runs would be dropped by it.
    if not 0 < gigabytes < math.inf:
        raise ValueError(f"{SPACE} is a number of gigabytes, such as 40, and not {named}.")
    return 1e9 * gigabytes


def excess(rooms: Iterable[Room], total: float) -> list[str]:
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
