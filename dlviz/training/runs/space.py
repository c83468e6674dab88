"""Disk space of the runs: the most they may take, and those that are dropped beyond it."""

from collections.abc import Iterable
from dataclasses import dataclass

TOTAL = 4_000_000_000  # bytes; a run of twenty epochs of SimpleCNN takes about 130,000,000


@dataclass(frozen=True)
class Room:
    """Disk space of a run, in bytes; it stays if it is pinned, running or waiting.

    `age` is a key that is smaller for older runs.
    """

    run: str
    age: tuple[int, float]
    size: int
    stays: bool


def excess(rooms: Iterable[Room], total: int = TOTAL) -> list[str]:
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
