"""Place of the classroom's database."""

import os

from dlviz.paths import RUNS

FILE = "classes.sqlite3"  # in the folder of all runs, which is kept wherever the app is moved


class Unreachable(Exception):
    """The database is away, or cannot be read; the message says so to those in the class."""

    def __init__(self, why: str = "The class cannot be reached just now.") -> None:
        super().__init__(f"{why} The labs work without it.")


def database_url() -> str:
    """Address of the database, as SQLAlchemy reads it: that of `DLVIZ_DATABASE`, else an embedded file."""
    return os.environ.get("DLVIZ_DATABASE") or f"sqlite:///{RUNS / FILE}"


def may_hold_rooms() -> bool:
    """True if there may be rooms: none was ever opened where the file is missing."""
    return bool(os.environ.get("DLVIZ_DATABASE")) or (RUNS / FILE).exists()
