"""Connections to a PostgreSQL that may freeze.

A server that is frozen, as in a paused container, keeps its connections: the operating system answers for
it, so that neither a limit of TCP nor one of the server's own ever ends the waiting.
"""

from __future__ import annotations

import math
from typing import Any, TypeVar

import psycopg
from psycopg.abc import PQGen

from dlviz.classroom.deadline import seconds_left

T = TypeVar("T")


class Connection(psycopg.Connection[Any]):
    """A connection that is waited for until the deadline, and is then closed."""

    @classmethod
    def connect(cls, conninfo: str = "", **settings: Any) -> Connection:
        """Connect. Raises: psycopg.Error."""
        left = seconds_left()
        if left is not None:
            if left < 1:
                raise psycopg.errors.ConnectionTimeout("no time is left to connect")
            settings["connect_timeout"] = math.ceil(
                left
            )  # libpq knows whole seconds, of which it takes two at least
        return super().connect(conninfo, **settings)

    def wait(self, gen: PQGen[T], interval: float = 0.1, timeout: float | None = None) -> T:
        """Wait for an answer of the server. Raises: psycopg.Error."""
        left = seconds_left()
        try:
            return super().wait(gen, interval, left if timeout is None else timeout)
        except psycopg.OperationalError:
            if seconds_left() == 0:
                self.close()  # whatever comes late belongs to a question that nobody asks any longer
            raise
