"""A database of classes that goes away while a class is on, and comes back."""

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import OperationalError

from dlviz.classroom import access as access_module
from dlviz.classroom import database
from dlviz.classroom.access import PAUSE, Access, Rooms
from dlviz.classroom.board import Board
from dlviz.classroom.database import connect
from dlviz.classroom.deadline import LIMIT, deadline
from dlviz.classroom.place import Unreachable
from dlviz.classroom.store import Classroom
from dlviz.classroom.tables import MIGRATIONS, schema
from dlviz.classroom.watching import Watcher
from tests.postgres import Postgres
from tests.test_classroom import QUESTION, TEACHER, Clock
from tests.training_runs.processes import until

Reach = Callable[[str], Access]


@pytest.fixture
def reach(monkeypatch: pytest.MonkeyPatch) -> Iterator[Reach]:
    """The way to a database, as a server has it; tried again at once."""
    monkeypatch.setattr(access_module, "PAUSE", 0.0)
    opened: list[Classroom] = []

    def open_rooms(url: str) -> Rooms:
        opened.append(Classroom(connect(url)))
        return Rooms(opened[-1], Watcher(opened[-1]))

    yield lambda url: Access(lambda: open_rooms(url))
    for each in opened:
        each.close()


def is_reached(access: Access) -> bool:
    try:
        with access.use():
            return True
    except Unreachable:
        return False


def read(access: Access, code: str) -> Board:
    with access.use() as rooms:
        return rooms.watcher.board(code, now=True)


def test_a_postgresql_that_is_stopped_comes_back_with_all_that_was_in_it(
    postgres: Postgres, reach: Reach
) -> None:
    access = reach(postgres.create_database())
    with access.use() as rooms:
        code = rooms.classroom.open_room(TEACHER)
        learner = rooms.classroom.join(code, "learner")
        asked = rooms.classroom.ask(code, TEACHER, QUESTION)
    before = read(access, code)
    postgres.stop()
    try:
        for _ in range(3):
            with pytest.raises(Unreachable, match="The labs work without it"):
                read(access, code)
        with pytest.raises(Unreachable), access.use() as rooms:
            rooms.classroom.answer(learner, asked, "Map 1")
    finally:
        postgres.start()
    until(lambda: is_reached(access))
    assert read(access, code) == before
    with access.use() as rooms:
        assert rooms.classroom.answer(learner, asked, "Map 1")


def test_nobody_waits_beyond_the_deadline_for_a_postgresql_that_is_frozen(
    postgres: Postgres, reach: Reach
) -> None:
    url = postgres.create_database()
    used, unused = reach(url), reach(url)
    with used.use() as rooms:
        code = rooms.classroom.open_room(TEACHER)

    def wait(access: Access, act: Callable[[Classroom], object]) -> float:
        """Seconds until it is said that the database is away."""
        start = time.monotonic()
        with pytest.raises(Unreachable, match="The labs work without it"), access.use() as rooms:
            act(rooms.classroom)
        return time.monotonic() - start

    def find(classroom: Classroom) -> object:
        return classroom.find_member(TEACHER)

    postgres.freeze()
    try:
        tried = [used] * 20 + [unused]  # more than the pool has connections
        with ThreadPoolExecutor(len(tried)) as threads:
            waits = list(threads.map(partial(wait, act=find), tried))
        assert LIMIT - 0.5 < max(waits) < LIMIT + 1.5
        assert wait(used, find) < 0.5  # it is known to be away
    finally:
        postgres.thaw()
    until(lambda: is_reached(used) and is_reached(unused))
    assert read(used, code).code == code


def test_a_postgresql_that_freezes_amid_a_transaction_is_left_at_the_deadline(postgres: Postgres) -> None:
    engine = connect(postgres.create_database())
    try:
        with deadline(0.5), engine.connect() as connection:
            connection.execute(select(1))
            postgres.freeze()
            start = time.monotonic()
            with pytest.raises(OperationalError):
                connection.execute(select(1))
            assert connection.invalidated
        assert 0.3 < time.monotonic() - start < 3
    finally:
        postgres.thaw()
    with engine.connect() as connection:
        assert connection.scalar(select(1)) == 1
    engine.dispose()


def test_a_restart_between_two_looks_is_not_even_noticed(postgres: Postgres, reach: Reach) -> None:
    access = reach(postgres.create_database())
    with access.use() as rooms:
        code = rooms.classroom.open_room(TEACHER)
    postgres.stop()
    postgres.start()
    assert read(access, code).code == code


def test_a_file_that_is_broken_is_read_again_once_it_is_whole(tmp_path: Path, reach: Reach) -> None:
    file, put_by = tmp_path / "classes.sqlite3", tmp_path / "whole"
    url = f"sqlite:///{file}"
    before = Classroom(connect(url))
    code = before.open_room(TEACHER)
    before.close()
    file.rename(put_by)
    file.write_bytes(b"no database " * 1000)
    access = reach(url)
    with pytest.raises(Unreachable, match="cannot be reached just now"):
        read(access, code)
    put_by.replace(file)
    until(lambda: is_reached(access))
    assert read(access, code).code == code


def test_a_file_that_breaks_in_the_middle_of_a_class_is_said_to_be_away(tmp_path: Path, reach: Reach) -> None:
    file = tmp_path / "classes.sqlite3"
    access = reach(f"sqlite:///{file}")
    with access.use() as rooms:
        code = rooms.classroom.open_room(TEACHER)
    other = sqlite3.connect(file)
    other.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    other.close()
    file.write_bytes(b"no database " * 1000)
    for _ in range(2):
        with pytest.raises(Unreachable), access.use() as rooms:
            rooms.classroom.join(code, "learner")


def test_a_newer_database_is_told_by_name_and_left_as_it_is(tmp_path: Path, reach: Reach) -> None:
    url = f"sqlite:///{tmp_path / 'classes.sqlite3'}"
    engine = connect(url)

    def write_version(version: int) -> None:
        with engine.begin() as connection:
            connection.execute(update(schema).values(version=version))

    write_version(len(MIGRATIONS) + 1)
    access = reach(url)
    with pytest.raises(Unreachable, match="later version of dlviz"):
        read(access, "ABCDE")
    write_version(len(MIGRATIONS))
    until(lambda: is_reached(access))
    engine.dispose()


def test_a_file_that_another_program_holds_is_read_and_not_written(
    tmp_path: Path, reach: Reach, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "PATIENCE", 0.05)
    file = tmp_path / "classes.sqlite3"
    access = reach(f"sqlite:///{file}")
    with access.use() as rooms:
        code = rooms.classroom.open_room(TEACHER)
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(Unreachable), access.use() as rooms:
        rooms.classroom.join(code, "learner")
    until(lambda: is_reached(access))
    assert read(access, code).learners == {}
    other.execute("ROLLBACK")
    other.close()
    with access.use() as rooms:
        rooms.classroom.join(code, "learner")
    assert len(read(access, code).learners) == 1


@pytest.mark.parametrize(
    "url", ["nonsense", "postgresql+nodriver://host/classes", "sqlite:////proc/none/classes"]
)
def test_an_address_that_leads_nowhere_is_said_as_one_that_is_away(url: str, reach: Reach) -> None:
    assert not is_reached(reach(url))


def test_nobody_waits_for_a_database_that_is_away() -> None:
    clock, tries, go_on = Clock(), [], threading.Event()

    def open_rooms() -> Rooms:
        tries.append(clock.now)
        if len(tries) > 1:  # the first one is waited for: nobody knows yet that it is away
            go_on.wait(60)
        raise OperationalError("", None, Exception("away"))

    access = Access(open_rooms, clock)
    reached = [is_reached(access) for _ in range(30)]
    assert tries == [0.0]
    clock.now += PAUSE
    reached += [is_reached(access) for _ in range(30)]  # while another thread tries
    assert not any(reached)
    until(lambda: len(tries) == 2)
    go_on.set()
