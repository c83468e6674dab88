"""The way to the classroom's database: opened when first needed, and anew after it has been away."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy.exc import SQLAlchemyError

from dlviz.classroom.deadline import deadline
from dlviz.classroom.place import Unreachable
from dlviz.classroom.store import Classroom
from dlviz.classroom.tables import NewerDatabase
from dlviz.classroom.watching import Watcher

log = logging.getLogger(__name__)

PAUSE = 1.0  # seconds between two tries to open a database that is away


@dataclass(frozen=True)
class Rooms:
    """All rooms of a database, and the boards that those who watch them share."""

    classroom: Classroom
    watcher: Watcher


class Access:
    """All rooms of a database that may go away and come back. Safe to use from all sessions.

    Nobody waits for a database that was found to be away: it is tried again in the background, while
    somebody asks for it. One that says nothing, as a server that is frozen, is away after the deadline.

    Args:
        open_rooms: opens the database; may raise.
    """

    def __init__(self, open_rooms: Callable[[], Rooms], clock: Callable[[], float] = time.monotonic) -> None:
        self._open_rooms = open_rooms
        self._clock = clock
        self._lock = threading.Lock()
        self._rooms: Rooms | None = None
        self._problem: Exception | None = None  # why it is away
        self._next_try = 0.0
        self._trying = False

    @contextmanager
    def use(self) -> Iterator[Rooms]:
        """All rooms, to read or to change something, before the deadline.

        Raises: Unreachable.
        """
        with deadline():
            rooms = self._find_rooms()
            try:
                yield rooms
            except SQLAlchemyError as problem:
                with self._lock:
                    if self._rooms is rooms:
                        self._rooms = None
                        self._note_away(problem)
                rooms.classroom.close()
                raise Unreachable from problem

    def _find_rooms(self) -> Rooms:
        with self._lock:
            if self._rooms is None and self._problem is None:
                self._try_to_open()
            elif self._rooms is None and not self._trying and self._clock() >= self._next_try:
                self._trying = True
                threading.Thread(target=self._try_again, name="classroom", daemon=True).start()
            if self._rooms is None:
                newer = isinstance(self._problem, NewerDatabase)
                raise Unreachable(str(self._problem)) if newer else Unreachable
            return self._rooms

    def _try_to_open(self) -> None:
        try:
            self._rooms = self._open_rooms()
        except (SQLAlchemyError, NewerDatabase, ImportError, OSError) as problem:
            self._note_away(problem)

    def _try_again(self) -> None:
        try:
            with deadline():
                rooms = self._open_rooms()
        except Exception as problem:
            with self._lock:
                self._note_away(problem)
                self._trying = False
        else:
            with self._lock:
                self._rooms, self._problem, self._trying = rooms, None, False
            log.warning("the classroom's database is back")

    def _note_away(self, problem: Exception) -> None:
        if type(problem) is not type(self._problem):  # once, not with every try
            log.warning("the classroom's database cannot be used: %s", problem)
        self._problem = problem
        self._next_try = self._clock() + PAUSE
