"""Turns on the processor: learners whose networks learn in the page take slices of time in order."""

import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from secrets import token_hex

import streamlit as st

LONGEST, SHORTEST = 0.025, 0.006  # seconds of a slice
SHARED = 0.060  # seconds of slices in one round of all who play
ROUND = 0.040  # seconds from one slice to the next, for each who plays
SOONEST = 0.080  # seconds from a learner's slice to his next one
REDRAW = 0.060  # seconds from one redraw of a page to the next, for each who plays
FORGOTTEN = 2.0  # seconds after which one who has taken no turn is gone


class Turns:
    """A lock that is given to those who wait in the order in which they came."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._waiting: deque[object] = deque()
        self._last_turns: dict[str, float] = {}

    @contextmanager
    def take_turn(self, learner: str, patience: float | None = None) -> Iterator[int]:
        """Wait for a turn, and hold it; the number of learners who took one of late, this one among them.

        Args:
            patience: seconds after which the learner goes without: the number is 0 then. None to wait on.
        """
        ticket = object()
        with self._changed:
            self._waiting.append(ticket)
            try:
                is_mine = self._changed.wait_for(lambda: self._waiting[0] is ticket, patience)
            except BaseException:
                self._leave(ticket)
                raise
            self._last_turns[learner] = time.monotonic()
            players = self._count() if is_mine else 0
        try:
            yield players
        finally:
            with self._changed:
                self._leave(ticket)

    def count_players(self) -> int:
        """Number of learners who took a turn of late."""
        with self._changed:
            return self._count()

    def _leave(self, ticket: object) -> None:
        self._waiting.remove(ticket)
        self._changed.notify_all()

    def _count(self) -> int:
        now = time.monotonic()
        for other in [each for each, when in self._last_turns.items() if now - when > FORGOTTEN]:
            del self._last_turns[other]
        return len(self._last_turns)


TURNS = Turns()


def learner() -> str:
    """A name for this session, by which its turns are counted."""
    return st.session_state.setdefault("depth.learner", token_hex(8))


def slice_length(players: int) -> float:
    """Seconds that a learner's networks may learn in one turn."""
    return min(LONGEST, max(SHORTEST, SHARED / players))


def pause_after(players: int) -> float:
    """Seconds from the beginning of a learner's turn to that of the next."""
    return max(SOONEST, ROUND * players)


def redraw_after(players: int, soonest: float) -> float:
    """Seconds from one redraw of a learner's page to the next, where its parts are drawn by Streamlit."""
    return max(soonest, REDRAW * players)
