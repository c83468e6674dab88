"""Lessons of `assets/lessons/plans`, and those that come in a file."""

from __future__ import annotations

from collections.abc import Collection
from functools import lru_cache
from importlib import import_module

from dlviz.classroom.lesson_plan import LessonPlan, check_fields, read_lesson
from dlviz.paths import ASSETS
from dlviz.ui.labs import TITLES

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


def lab_fields(lab: str) -> Collection[str]:
    """Names of the fields of a lab's state."""
    # Late, by name: some bring torch, which neither the start page nor the server needs at first.
    return import_module(f"dlviz.ui.labs.{lab}.state").LAB.fields
