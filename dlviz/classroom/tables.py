"""Tables of the classroom's database, and the steps that brought them here."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    Float,
    ForeignKey,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    insert,
    inspect,
    select,
    update,
)

METADATA = MetaData()


def _room() -> Column[str]:
    return Column("room", ForeignKey("rooms.code", ondelete="CASCADE"), nullable=False, index=True)


def _learner(primary_key: bool = False) -> Column[int]:
    key = ForeignKey("learners.id", ondelete="CASCADE")
    return Column("learner", key, nullable=False, primary_key=primary_key)


schema = Table("classroom_schema", METADATA, Column("version", Integer, nullable=False))

# `version` grows with every change in a room: whoever watches it reads on only then.
rooms = Table(
    "rooms",
    METADATA,
    Column("code", String(8), primary_key=True),
    Column("teacher", String(64), nullable=False, index=True),  # hash of a token
    Column("opened", Float, nullable=False),  # seconds since 1970
    Column("version", Integer, nullable=False, default=0),
    Column("sent", Text, nullable=False, default=""),  # the link that everyone is asked to look at
    Column("sent_number", Integer, nullable=False, default=0),
    Column("gathering", String(8), nullable=False, default=""),  # what learners are asked to show
    Column("lesson", Text, nullable=False, server_default=""),  # as `lesson_plan.write_lesson` writes it
    Column("lesson_step", Integer, nullable=False, server_default="0"),  # the one before the class, from 1
)

learners = Table(
    "learners",
    METADATA,
    Column("id", Integer, primary_key=True),
    _room(),
    Column("token", String(64), nullable=False, index=True),  # its hash
    Column("nickname", Text, nullable=False, default=""),
    UniqueConstraint("room", "token"),
)

questions = Table(
    "questions",
    METADATA,
    Column("id", Integer, primary_key=True),
    _room(),
    Column("link", Text, nullable=False),  # of the situation that it is about, or nothing
    Column("content", Text, nullable=False),  # as `dlviz.questions.to_json` writes it, with its answer
    Column("round", Integer, nullable=False, default=1),
    Column("phase", String(8), nullable=False),
    Column("truth", Boolean, nullable=False, default=False),  # the answer is shown
)

answers = Table(
    "answers",
    METADATA,
    Column("question", ForeignKey("questions.id", ondelete="CASCADE"), primary_key=True),
    Column("round", Integer, primary_key=True),
    _learner(primary_key=True),
    Column("value", Text, nullable=False),  # JSON
)

contributions = Table(
    "contributions",
    METADATA,
    Column("id", Integer, primary_key=True),
    _room(),
    _learner(),
    Column("kind", String(8), nullable=False),
    Column("content", Text, nullable=False),
    Column("named", Boolean, nullable=False, default=False),  # its author wants the nickname beside it
    Column("taken_off", Boolean, nullable=False, default=False),
    UniqueConstraint("learner", "kind"),
)


class NewerDatabase(Exception):
    """The database was written by a later version of this program; the message says so."""


def _create_all(connection: Connection) -> None:
    METADATA.create_all(connection)


def _add_lesson(connection: Connection) -> None:
    known = {column["name"] for column in inspect(connection).get_columns(rooms.name)}
    if "lesson" not in known:  # the first step creates the tables as they are now
        connection.exec_driver_sql("ALTER TABLE rooms ADD COLUMN lesson TEXT NOT NULL DEFAULT ''")
        connection.exec_driver_sql("ALTER TABLE rooms ADD COLUMN lesson_step INTEGER NOT NULL DEFAULT 0")


# Each leads from the version before it to the next; what has been released is never changed.
MIGRATIONS: tuple[Callable[[Connection], None], ...] = (_create_all, _add_lesson)


def is_newest(connection: Connection) -> bool:
    """True if the tables are those of this program.

    Raises: NewerDatabase.
    """
    return _read_version(connection) == len(MIGRATIONS)


def _read_version(connection: Connection) -> int:
    known = inspect(connection).has_table(schema.name)
    version = connection.scalar(select(schema.c.version)) or 0 if known else 0
    if version > len(MIGRATIONS):
        raise NewerDatabase("The classes here were kept by a later version of dlviz.")
    return version


def migrate(connection: Connection) -> None:
    """Bring a database to the newest version, from an empty one on.

    Raises: NewerDatabase.
    """
    for step in MIGRATIONS[_read_version(connection) :]:
        step(connection)
    if connection.scalar(select(schema.c.version)) is None:
        connection.execute(insert(schema).values(version=len(MIGRATIONS)))
    else:
        connection.execute(update(schema).values(version=len(MIGRATIONS)))
