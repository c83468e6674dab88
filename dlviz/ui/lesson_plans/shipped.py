"""Lessons of `assets/lessons/plans`, those that come in a file, and the one that a room has."""

from __future__ import annotations

from collections.abc import Collection
from functools import lru_cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

from dlviz.classroom.lesson_plan import LessonPlan, check_fields, read_lesson
from dlviz.paths import ASSETS
from dlviz.ui.labs import TITLES

if TYPE_CHECKING:
    from dlviz.classroom.board import Board
    from dlviz.ui.lab import Lab

FOLDER = ASSETS / "lessons" / "plans"
SHIPPED = ("cnn", "memory", "attention")  # their names in an address


@lru_cache
def read_shipped(name: str) -> LessonPlan:
    """A lesson that ships, by its name in an address."""
    return read_lesson((FOLDER / f"{name}.json").read_bytes(), TITLES)


def bring_lesson(content: bytes) -> LessonPlan:
    """Read a lesson that someone brings.

    Raises: BadLesson.
    """
    plan = read_lesson(content, TITLES)
    check_fields(plan, lab_fields)
    return plan


def room_lesson(board: Board) -> LessonPlan | None:
    """The lesson of a room, if it has one."""
    return _read_kept(board.lesson) if board.lesson else None


@lru_cache(maxsize=16)  # every learner's page asks for it each second
def _read_kept(lesson: str) -> LessonPlan:
    return read_lesson(lesson.encode(), TITLES)


def find_lab(name: str) -> Lab[Any]:
    """The lab of a name."""
    # Late, by name: some bring torch, which neither the start page nor the server needs at first.
    return import_module(f"dlviz.ui.labs.{name}.state").LAB


def lab_fields(lab: str) -> Collection[str]:
    """Names of the fields of a lab's state."""
    return find_lab(lab).fields
