"""Rooms in the database: opened, joined, asked in, answered in, and gone after a day."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    Row,
    ScalarSelect,
    delete,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError

from dlviz.classroom.board import AWAY, KINDS, ROUNDS, SPREAD, TALK, VOTE, Asked, Board, Shared
from dlviz.classroom.codes import draw_code
from dlviz.classroom.database import reading
from dlviz.classroom.lesson_plan import LARGEST
from dlviz.classroom.tables import answers, contributions, learners, questions, rooms
from dlviz.classroom.texts import NICKNAME, clean
from dlviz.questions import Question, from_json, to_json
from dlviz.training.runs.owner import hashed

DAY = 24 * 3600.0  # seconds that a room lives
MOST_LEARNERS = 500
LONGEST_QUESTION = 40_000  # characters, as JSON
LONGEST_CONTENT = 2000  # characters of what a learner shares
FIRST_ROUND = questions.c.round == 1, questions.c.truth.is_(False)


class NoRoom(LookupError):
    """There is no such room, or no longer; the message says so."""

    def __init__(self) -> None:
        super().__init__("There is no class with this code. Rooms close after a day.")


class NotAllowed(PermissionError):
    """Only the room's teacher may do this."""


class RoomFull(Exception):
    """Nobody else can come in; the message says so."""


@dataclass(frozen=True)
class Member:
    """Someone in a room.

    Args:
        learner: the id, None for the teacher.
    """

    room: str
    learner: int | None

    @property
    def teaches(self) -> bool:
        """True for the teacher."""
        return self.learner is None


class Classroom:
    """All rooms of a database. Safe to use from all sessions, and from several servers.

    A teacher and a learner are each known by a random token, of which the database knows the hash alone.
    """

    def __init__(self, engine: Engine, clock: Callable[[], float] = time.time) -> None:
        self._engine = engine
        self._clock = clock

    def close(self) -> None:
        """End the connections to the database."""
        self._engine.dispose()

    def forget_old_rooms(self) -> None:
        """Delete rooms of more than a day, with all that is in them."""
        with self._engine.begin() as connection:
            connection.execute(delete(rooms).where(rooms.c.opened < self._clock() - DAY))

    def open_room(self, token: str) -> str:
        """Open a room for the teacher who holds this token; its code. Old rooms go."""
        self.forget_old_rooms()
        while True:
            code = draw_code()
            try:
                with self._engine.begin() as connection:
                    connection.execute(
                        insert(rooms).values(code=code, teacher=hashed(token), opened=self._clock())
                    )
            except IntegrityError:  # the code is taken
                continue
            return code

    def close_room(self, code: str, token: str) -> None:
        """Delete a room with all that is in it.

        Raises: NoRoom; NotAllowed.
        """
        with self._teaching(code, token) as connection:
            connection.execute(delete(rooms).where(rooms.c.code == code))

    def find_member(self, token: str) -> Member | None:
        """The newest living room that this browser teaches or has joined."""
        living = rooms.c.opened >= self._clock() - DAY
        with reading(self._engine) as connection:
            taught = connection.execute(
                select(rooms.c.code, rooms.c.opened)
                .where(rooms.c.teacher == hashed(token), living)
                .order_by(rooms.c.opened.desc())
            ).first()
            joined = connection.execute(
                select(rooms.c.code, learners.c.id)
                .join(learners, learners.c.room == rooms.c.code)
                .where(learners.c.token == hashed(token), living)
                .order_by(learners.c.id.desc())
            ).first()
        if taught:
            return Member(taught.code, None)
        return Member(joined.code, joined.id) if joined else None

    def join(self, code: str, token: str) -> Member:
        """Come into a room; the teacher comes back as the teacher, a learner as the same learner.

        Raises: NoRoom; RoomFull.
        """
        with self._changing(code) as (connection, room):
            if room.teacher == hashed(token):
                return Member(code, None)
            here = learners.c.room == code
            known = connection.scalar(select(learners.c.id).where(here, learners.c.token == hashed(token)))
            if known is None:
                count = connection.scalar(select(func.count()).select_from(learners).where(here))
                if (count or 0) >= MOST_LEARNERS:
                    raise RoomFull(f"{MOST_LEARNERS} learners are here: the room is full.")
                done = connection.execute(insert(learners).values(room=code, token=hashed(token)))
                known = done.inserted_primary_key[0] if done.inserted_primary_key else None
            return Member(code, known)

    def leave(self, member: Member) -> None:
        """Forget a learner, with all answers and all that was shared.

        Raises: NoRoom.
        """
        with self._changing(member.room) as (connection, _):
            connection.execute(delete(learners).where(learners.c.id == member.learner))

    def rename(self, member: Member, nickname: str) -> None:
        """Give a learner a nickname, or none.

        Raises: NoRoom.
        """
        with self._changing(member.room) as (connection, _):
            connection.execute(
                update(learners)
                .where(learners.c.id == member.learner)
                .values(nickname=clean(nickname, NICKNAME))
            )

    def ask(self, code: str, token: str, question: Question, link: str = "") -> int:
        """Put a question before the class, in place of the last one; its id.

        Args:
            link: of the situation that it is about.

        Raises: NoRoom; NotAllowed; ValueError if the question is none, or too long.
        """
        content = _write_question(question)
        with self._teaching(code, token) as connection:
            return _ask(connection, code, content, link)

    def answer(self, member: Member, question: int, value: object) -> bool:
        """Note a learner's answer in the present round, in place of an earlier one.

        False if it comes too late, or is none that the question allows.

        Raises: NoRoom.
        """
        with self._changing(member.room) as (connection, _):
            asked = connection.execute(
                select(questions).where(questions.c.id == question, questions.c.room == member.room)
            ).first()
            if asked is None or asked.phase != VOTE:
                return False
            try:
                value = from_json(json.loads(asked.content)).read(value)
            except ValueError:
                return False
            here = learners.c.id == member.learner, learners.c.room == member.room
            if connection.scalar(select(learners.c.id).where(*here)) is None:
                return False
            given = {"question": question, "round": asked.round, "learner": member.learner}
            _put(connection, answers, given, {"value": json.dumps(value)})
            return True

    def show_spread(self, code: str, token: str) -> None:
        """Close the vote, and show what was answered.

        Raises: NoRoom; NotAllowed.
        """
        self._move(code, token, phase=SPREAD)

    def let_talk(self, code: str, token: str) -> None:
        """Close the first vote for a talk with neighbours; the spread is put away.

        Nothing happens once the answer is known, or after the second vote.

        Raises: NoRoom; NotAllowed.
        """
        self._move(code, token, *FIRST_ROUND, phase=TALK)

    def vote_again(self, code: str, token: str) -> None:
        """Open the second round.

        Nothing happens once the answer is known, or after the second vote.

        Raises: NoRoom; NotAllowed.
        """
        self._move(code, token, *FIRST_ROUND, phase=VOTE, round=ROUNDS)

    def show_truth(self, code: str, token: str) -> None:
        """Close the vote, and show what was answered and what was computed.

        Raises: NoRoom; NotAllowed.
        """
        self._move(code, token, phase=SPREAD, truth=True)

    def _move(self, code: str, token: str, *only: ColumnElement[bool], **values: Any) -> None:
        with self._teaching(code, token) as connection:
            on_board = questions.c.id == _newest_question(code), questions.c.phase != AWAY
            connection.execute(update(questions).where(*on_board, *only).values(**values))

    def send(self, code: str, token: str, link: str) -> None:
        """Ask everyone to look at a situation.

        Raises: NoRoom; NotAllowed.
        """
        with self._teaching(code, token) as connection:
            _send(connection, code, link)

    def keep_lesson(self, code: str, token: str, lesson: str, step: int = 0) -> None:
        """Keep the lesson that is taught in a room, as its file has it; nothing to put it away.

        Args:
            step: the one before the class, counted from 1; 0 before the first.

        Raises: NoRoom; NotAllowed; ValueError if it is too long.
        """
        if len(lesson.encode()) > LARGEST:
            raise ValueError("This lesson is too long.")
        with self._teaching(code, token) as connection:
            here = rooms.c.code == code
            connection.execute(update(rooms).where(here).values(lesson=lesson, lesson_step=step))

    def take_lesson_step(
        self, code: str, token: str, step: int, link: str, question: Question | None = None
    ) -> None:
        """Put a step of the lesson before the class: everyone is asked to look, and a question is asked.

        Where the step asks nothing, the last question is put away.

        Raises: NoRoom; NotAllowed; ValueError if the question is none, or too long.
        """
        content = _write_question(question) if question else ""
        with self._teaching(code, token) as connection:
            connection.execute(update(rooms).where(rooms.c.code == code).values(lesson_step=step))
            _send(connection, code, link)
            if content:
                _ask(connection, code, content, link)
            else:
                last = questions.c.id == _newest_question(code)
                connection.execute(update(questions).where(last).values(phase=AWAY))

    def gather(self, code: str, token: str, kind: str) -> None:
        """Ask everyone to show something of a kind, again whom something was taken off; of none, stop asking.

        Raises: NoRoom; NotAllowed; ValueError if there is no such kind.
        """
        if kind and kind not in KINDS:
            raise ValueError(kind)
        with self._teaching(code, token) as connection:
            connection.execute(update(rooms).where(rooms.c.code == code).values(gathering=kind))
            here = contributions.c.room == code, contributions.c.kind == kind
            connection.execute(delete(contributions).where(*here, contributions.c.taken_off))

    def share(self, member: Member, kind: str, content: str, named: bool = False) -> bool:
        """Show the class something of a learner's, in place of what was shown of this kind.

        False if nothing is shown: by who is not in the room, or has had something of this kind taken off the
        wall since learners were last asked for it.

        Raises: NoRoom; ValueError if it is of no kind, or too long.
        """
        if kind not in KINDS or not content or len(content) > LONGEST_CONTENT:
            raise ValueError(kind)
        with self._changing(member.room) as (connection, _):
            here = learners.c.id == member.learner, learners.c.room == member.room
            if connection.scalar(select(learners.c.id).where(*here)) is None:
                return False
            mine = contributions.c.learner == member.learner, contributions.c.kind == kind
            if connection.scalar(select(contributions.c.taken_off).where(*mine)):
                return False
            connection.execute(delete(contributions).where(*mine))
            connection.execute(
                insert(contributions).values(
                    room=member.room, learner=member.learner, kind=kind, content=content, named=named
                )
            )
            return True

    def take_off(self, code: str, token: str, contribution: int) -> None:
        """Take something off the wall; its author shows no other until learners are asked again.

        Raises: NoRoom; NotAllowed.
        """
        with self._teaching(code, token) as connection:
            connection.execute(
                update(contributions)
                .where(contributions.c.id == contribution, contributions.c.room == code)
                .values(taken_off=True)
            )

    def version(self, code: str) -> int | None:
        """The room's version; None if there is no such room, or no longer."""
        with reading(self._engine) as connection:
            return connection.scalar(
                select(rooms.c.version).where(rooms.c.code == code, rooms.c.opened >= self._clock() - DAY)
            )

    def read_board(self, code: str) -> Board:
        """The room as it is now.

        Raises: NoRoom.
        """
        with reading(self._engine) as connection:
            room = self._room(connection, code)
            names = {
                row.id: row.nickname
                for row in connection.execute(
                    select(learners).where(learners.c.room == code).order_by(learners.c.id)
                )
            }
            newest = connection.execute(
                select(questions).where(questions.c.room == code).order_by(questions.c.id.desc())
            ).first()
            asked = _asked(connection, newest) if newest and newest.phase != AWAY else None
            wall = connection.execute(
                select(contributions).where(contributions.c.room == code).order_by(contributions.c.id)
            ).all()
            shared = tuple(
                Shared(
                    row.id,
                    row.learner,
                    row.kind,
                    row.content,
                    names.get(row.learner, "") if row.named else "",
                )
                for row in wall
                if not row.taken_off
            )
            taken_off = frozenset((row.learner, row.kind) for row in wall if row.taken_off)
        return Board(
            code,
            room.teacher,
            room.version,
            names,
            asked,
            room.sent,
            room.sent_number,
            room.gathering,
            shared,
            taken_off,
            room.lesson,
            room.lesson_step,
        )

    def read_questions(self, code: str) -> list[Asked]:
        """All that was asked in a room, the first first.

        Raises: NoRoom.
        """
        with reading(self._engine) as connection:
            self._room(connection, code)
            found = connection.execute(
                select(questions).where(questions.c.room == code).order_by(questions.c.id)
            ).all()
            return [_asked(connection, row) for row in found]

    def _room(self, connection: Connection, code: str, changes: bool = False) -> Row[Any]:
        found = select(rooms).where(rooms.c.code == code, rooms.c.opened >= self._clock() - DAY)
        # Changes of a room come one after the other; SQLite, which knows no locks of rows, does so anyway.
        room = connection.execute(found.with_for_update() if changes else found).first()
        if room is None:
            raise NoRoom
        return room

    @contextmanager
    def _changing(self, code: str) -> Iterator[tuple[Connection, Row[Any]]]:
        with self._engine.begin() as connection:
            room = self._room(connection, code, changes=True)
            yield connection, room
            connection.execute(update(rooms).where(rooms.c.code == code).values(version=rooms.c.version + 1))

    @contextmanager
    def _teaching(self, code: str, token: str) -> Iterator[Connection]:
        with self._changing(code) as (connection, room):
            if room.teacher != hashed(token):
                raise NotAllowed(code)
            yield connection


def _newest_question(code: str) -> ScalarSelect[Any]:
    """The id of the question that was asked last in a room."""
    return select(func.max(questions.c.id)).where(questions.c.room == code).scalar_subquery()


def _asked(connection: Connection, row: Row[Any]) -> Asked:
    given: tuple[dict[int, Any], ...] = tuple({} for _ in range(ROUNDS))
    for answer in connection.execute(select(answers).where(answers.c.question == row.id)):
        given[answer.round - 1][answer.learner] = json.loads(answer.value)
    question = from_json(json.loads(row.content))
    return Asked(row.id, question, row.link, row.round, row.phase, row.truth, given)


def _write_question(question: Question) -> str:
    """The question as it is stored; raises ValueError if it is none, or too long."""
    content = json.dumps(to_json(question))
    if len(content) > LONGEST_QUESTION:
        raise ValueError("This question is too long for a board.")
    from_json(json.loads(content))
    return content


def _ask(connection: Connection, code: str, content: str, link: str) -> int:
    # Nobody answers the last one any longer, whose buttons may still be on a phone.
    last = questions.c.room == code, questions.c.phase == VOTE
    connection.execute(update(questions).where(*last).values(phase=SPREAD))
    done = connection.execute(insert(questions).values(room=code, link=link, content=content, phase=VOTE))
    return int(done.inserted_primary_key[0]) if done.inserted_primary_key else 0


def _send(connection: Connection, code: str, link: str) -> None:
    count = rooms.c.sent_number + 1
    connection.execute(update(rooms).where(rooms.c.code == code).values(sent=link, sent_number=count))


def _put(connection: Connection, table: Any, key: dict[str, Any], values: dict[str, Any]) -> None:
    """Insert a row, or change the one that has this key."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    connection.execute(
        dialect.insert(table)
        .values(**key, **values)
        .on_conflict_do_update(index_elements=[*key], set_=values)
    )
