"""One look at each room for all who watch it: thirty pages ask the database as often as one does."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from dlviz.classroom.board import Board
from dlviz.classroom.store import Classroom, NoRoom

PACE = 0.4  # seconds between two looks at a room's version
MOST_ROOMS = 100  # that are remembered


@dataclass
class _Look:
    board: Board | None = None
    problem: Exception | None = None  # of the last look
    when: float = float("-inf")
    lock: threading.Lock = field(default_factory=threading.Lock)


class Watcher:
    """Boards of rooms, at most `PACE` seconds old, read anew only where their version has grown."""

    def __init__(self, classroom: Classroom, clock: Callable[[], float] = time.monotonic) -> None:
        self._classroom = classroom
        self._clock = clock
        self._looks: dict[str, _Look] = {}
        self._lock = threading.Lock()

    def board(self, code: str, now: bool = False) -> Board:
        """The room.

        Args:
            now: look even if the last look was just before: this session has changed something itself.

        Raises: NoRoom; sqlalchemy.exc.SQLAlchemyError, which those who have waited for a look share too.
        """
        with self._lock:
            look = self._looks.setdefault(code, _Look())
            for other in list(self._looks)[:-MOST_ROOMS]:
                del self._looks[other]
        with look.lock:
            if now or self._clock() - look.when >= PACE:
                try:
                    self._look_again(look, code)
                    look.problem = None
                except Exception as problem:
                    look.problem = problem
                look.when = self._clock()
            if look.problem:
                raise look.problem
            if look.board is None:
                raise NoRoom
            return look.board

    def _look_again(self, look: _Look, code: str) -> None:
        version = self._classroom.version(code)
        if version is None:
            look.board = None
        elif look.board is None or look.board.version != version:
            look.board = self._classroom.read_board(code)
