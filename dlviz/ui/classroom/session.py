"""The room that this browser is in, and the board that all pages of a server share."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, TypeVar

import streamlit as st

from dlviz.classroom.place import Unreachable, database_url, may_hold_rooms
from dlviz.ui.server import owner_cookie

if TYPE_CHECKING:
    from dlviz.classroom.access import Access, Rooms
    from dlviz.classroom.board import Board
    from dlviz.classroom.store import Classroom, Member

T = TypeVar("T")

PACE = 1.0  # seconds between two looks for a database that is away
MEMBER, NOTICE = "class.member", "class.notice"

_lock = threading.Lock()
_access: Access | None = None


def access() -> Access:
    """The way to all rooms of this server."""
    global _access
    with _lock:
        if _access is None:
            from dlviz.classroom.access import Access

            _access = Access(_open_rooms)
        return _access


def _open_rooms() -> Rooms:
    from sqlalchemy.exc import OperationalError

    from dlviz.classroom.access import Rooms
    from dlviz.classroom.database import connect
    from dlviz.classroom.store import Classroom
    from dlviz.classroom.watching import Watcher

    classroom = Classroom(connect(database_url()))
    with suppress(OperationalError):  # where another writes just now, the next one who opens a room does it
        classroom.forget_old_rooms()
    return Rooms(classroom, Watcher(classroom))


@contextmanager
def classroom() -> Iterator[Classroom]:
    """All rooms of this server, opened when first asked for.

    Raises: Unreachable.
    """
    with access().use() as rooms:
        yield rooms.classroom


def member() -> Member | None:
    """Who this session is in its room; None outside. A browser that comes back is who it was.

    Raises: Unreachable if that is not known yet, and the database that knows it is away.
    """
    if MEMBER not in st.session_state:
        if may_hold_rooms():
            with classroom() as rooms:
                st.session_state[MEMBER] = rooms.find_member(owner_cookie.token())
        else:
            st.session_state[MEMBER] = None
    return st.session_state[MEMBER]


@contextmanager
def going_on_without() -> Iterator[None]:
    """Draw a page all the same where the database is away; once that is back, the page is whole again."""
    try:
        yield
    except Unreachable:
        st.fragment(run_every=PACE, key="class.away")(_wait)()


@contextmanager
def saying_away() -> Iterator[None]:
    """Say so where the database is away that knows what is drawn here."""
    try:
        yield
    except Unreachable as problem:
        st.info(str(problem), icon=":material/cloud_off:")


@saying_away()
def _wait() -> None:
    with classroom():
        st.rerun(scope="app")


def enter(who: Member | None) -> None:
    """Let this session be in a room, or in none."""
    st.session_state[MEMBER] = who


def look(who: Member, now: bool = False) -> Board | None:
    """The room's board; None if the room is gone, which is then left.

    Args:
        now: this session has just changed something.

    Raises: Unreachable.
    """
    from dlviz.classroom.store import NoRoom

    try:
        with access().use() as rooms:
            board = rooms.watcher.board(who.room, now)
    except NoRoom:
        board = None
    is_in = board is not None and (who.teaches or who.learner in board.learners)
    if not is_in and not now:
        return look(who, now=True)  # who has just come in is not on the last board yet
    if not is_in:
        enter(None)
        notify("The class is over." if board is None else "You have left the class.")
        return None
    return board


def look_at_press(who: Member) -> Board | None:
    """The room's board now; None if the room is gone, or the database away: a notice says which."""
    try:
        return look(who, now=True)
    except Unreachable as problem:
        notify(str(problem))
        return None


def change(who: Member, act: Callable[[Classroom], T]) -> T | None:
    """Change something in this session's room, which is then looked at anew; what the change returns.

    In a room that is gone, closed in another tab or a day old, nothing happens: it is left. Nor while the
    database is away, which is said.
    """
    from dlviz.classroom.store import NoRoom

    done = None
    try:
        with suppress(NoRoom), classroom() as rooms:
            done = act(rooms)
        look(who, now=True)
    except Unreachable as problem:
        notify(str(problem))
    return done


def notify(sentence: str) -> None:
    """Say something where the next notice is drawn."""
    st.session_state[NOTICE] = sentence


def show_notice() -> None:
    """Say once what there is to say."""
    if sentence := st.session_state.pop(NOTICE, ""):
        st.info(sentence, icon=":material/info:")


def toast_notice() -> None:
    """Say it where the page is drawn again by its clock, which would take a sentence away too soon."""
    if sentence := st.session_state.pop(NOTICE, ""):
        st.toast(sentence, icon=":material/info:")
