"""Connections to the classroom's database, an embedded SQLite file or another."""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, func, make_url, select

from dlviz.classroom.deadline import LIMIT
from dlviz.classroom.tables import is_newest, migrate

PATIENCE = 10  # seconds that a write waits for those before it
MIGRATING = 0x646C76697A  # the lock of the one server among several that brings the tables up to date


def connect(url: str) -> Engine:
    """Open a database, and bring its tables to the newest version.

    Args:
        url: as SQLAlchemy reads it, of an SQLite file or a PostgreSQL.

    Raises: NewerDatabase; ImportError without its driver; sqlalchemy.exc.SQLAlchemyError if it does not open.
    """
    address = make_url(url)
    engine = _open_file(address) if address.get_backend_name() == "sqlite" else _open_server(address)
    try:
        with reading(engine) as connection:
            newest = is_newest(connection)
        if not newest:
            with engine.begin() as connection:
                if connection.dialect.name == "postgresql":
                    connection.execute(select(func.pg_advisory_xact_lock(MIGRATING)))
                migrate(connection)
    except BaseException:
        engine.dispose()
        raise
    return engine


def _open_file(address: URL) -> Engine:
    engine = create_engine(address, connect_args={"timeout": PATIENCE})
    if address.database not in (None, "", ":memory:"):
        Path(str(address.database)).parent.mkdir(parents=True, exist_ok=True)
    event.listen(engine, "connect", _set_up)
    event.listen(engine, "begin", _begin)
    return engine


def _open_server(address: URL) -> Engine:
    engine = create_engine(address, pool_pre_ping=True, pool_timeout=LIMIT)
    if engine.driver == "psycopg":
        # Late: the driver is there only where servers share a class.
        from dlviz.classroom.postgres import Connection as Limited

        @event.listens_for(engine, "do_connect")
        def _connect(_: Any, __: Any, args: list[Any], settings: dict[str, Any]) -> Limited:
            return Limited.connect(*args, **settings)

    return engine


def reading(engine: Engine) -> Connection:
    """A connection that only reads, all of one moment, and never waits for one that writes."""
    if engine.dialect.name == "postgresql":
        return engine.connect().execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    return engine.connect().execution_options(reads=True)


def _set_up(connection: Any, _: object) -> None:
    # SQLAlchemy begins transactions itself, below: the driver would begin them too late.
    connection.isolation_level = None
    _log_writes_ahead(connection)
    for pragma in ("synchronous=NORMAL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _log_writes_ahead(connection: sqlite3.Connection) -> None:
    """Set the file's journal: while another process does, SQLite refuses at once instead of waiting."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError as refused:
            if refused.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
        time.sleep(0.01)


def _begin(connection: Connection) -> None:
    # Whoever is going to write says so at once: a reader that turns into a writer is refused.
    reads = connection.get_execution_options().get("reads", False)
    connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")
