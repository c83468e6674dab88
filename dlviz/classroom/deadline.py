"""Deadline of one use of the classroom's database, all that is waited for there taken together."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

LIMIT = 3.0  # seconds

_end: ContextVar[float] = ContextVar("_end", default=float("inf"))


@contextmanager
def deadline(seconds: float = LIMIT) -> Iterator[None]:
    """Give what this thread asks of the database in this block so much time, and no more."""
    before = _end.set(time.monotonic() + seconds)
    try:
        yield
    finally:
        _end.reset(before)


def seconds_left() -> float | None:
    """Seconds until the deadline, 0 after it; None where there is none."""
    left = _end.get() - time.monotonic()
    return None if left == float("inf") else max(0.0, left)
