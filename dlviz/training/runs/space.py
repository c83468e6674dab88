"""How much of the disk the runs may take, and which of them go when it is more."""

from collections.abc import Iterable
from dataclasses import dataclass

TOTAL = 4_000_000_000  # bytes; a run of twenty epochs of SimpleCNN takes about 130,000,000


@dataclass(frozen=True)
class Room:
    """What a run takes of the disk, in bytes, and whether it must stay: pinned, running or waiting."""

    run: str
    created: float
    size: int
    stays: bool


def excess(rooms: Iterable[Room], total: int = TOTAL) -> list[str]:
    """The runs to drop so that the rest takes no more than the total: those that may go, oldest first."""
    rooms = sorted(rooms, key=lambda room: room.created)
    over = sum(room.size for room in rooms) - total
    dropped = []
    for room in rooms:
        if over <= 0:
            break
        if not room.stays:
            dropped.append(room.run)
            over -= room.size
    return dropped
