"""A lesson written down: situations of labs in their order, what is said there, and what is asked.

It is a small JSON file that can be taken away and brought in:

    {"dlviz_lesson": 1, "title": "…", "steps": [
        {"link": "cnn?sample=0", "text": "…", "minutes": 5,
         "question": "rows", "lock": ["weights"], "hide": ["seed"]}]}

A step's question is one of its lab's, by name, or one's own: {"text": "…", "options": ["…", "…"]}. What
stands in `lock` and `hide` are fields of the lab's state.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Container, Iterable
from dataclasses import dataclass
from typing import Any

from dlviz.classroom.links import ForeignLink, Situation, read_link
from dlviz.classroom.texts import clean, write_question
from dlviz.questions import Choice

VERSION = 1
MARK = "dlviz_lesson"  # holds the version
LARGEST = 200_000  # bytes
MOST_STEPS = 60
MOST_MINUTES = 90  # of one step
TITLE, TEXT, NAME = 80, 800, 40  # characters
MOST_HELD = 60  # fields of a step that are locked or hidden
LOCK, HIDE = "lock", "hide"  # in a file, and in an address
LESSON = "lesson"  # in an address: which lesson it is a step of, and which one


class BadLesson(ValueError):
    """A file is no lesson that this app can teach; the message says why."""


@dataclass(frozen=True)
class Step:
    """A situation, what is said there, and what is asked.

    Args:
        link: of the situation, as `read_link` reads it.
        question: of the lab, by its name; or one's own, which nothing answers; or none.
        lock: fields whose controls can be seen and not changed.
        hide: fields whose controls are not drawn.
    """

    link: str
    text: str = ""
    minutes: int = 5
    question: str | Choice | None = None
    lock: tuple[str, ...] = ()
    hide: tuple[str, ...] = ()

    @property
    def page(self) -> str:
        """Name of its lab."""
        return self.link.partition("?")[0]


@dataclass(frozen=True)
class LessonPlan:
    """A lesson."""

    title: str
    steps: tuple[Step, ...] = ()

    @property
    def minutes(self) -> int:
        """Length of the whole lesson, in minutes."""
        return sum(step.minutes for step in self.steps)


def open_step(step: Step, pages: Container[str], place: str) -> Situation:
    """The situation of a step, whose address says what is locked and hidden there.

    Args:
        place: of the step, such as `cnn-3`, which the address says too.

    Raises: ForeignLink.
    """
    situation = read_link(step.link, pages)
    said = ((LESSON, place), (LOCK, ",".join(step.lock)), (HIDE, ",".join(step.hide)))
    return Situation(situation.page, (*situation.query, *(part for part in said if part[1])))


def write_lesson(plan: LessonPlan) -> bytes:
    """The file that `read_lesson` reads."""
    content = {MARK: VERSION, "title": plan.title, "steps": [_write_step(step) for step in plan.steps]}
    return (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode()


def read_lesson(content: bytes, pages: Container[str]) -> LessonPlan:
    """Read a lesson from a file that may have come from anywhere.

    Args:
        pages: of this app's labs, which alone a step may lead to.

    Raises: BadLesson.
    """
    if len(content) > LARGEST:
        raise BadLesson(f"A lesson has at most {LARGEST // 1000} kB; this file is larger.")
    try:
        found = json.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError as problem:
        raise BadLesson("This file is no lesson: it is not text in UTF-8.") from problem
    except (ValueError, RecursionError) as problem:
        raise BadLesson("This file is no whole lesson: it is cut off, or is not JSON.") from problem
    if not isinstance(found, dict) or MARK not in found:
        raise BadLesson("This file is no lesson of dlviz.")
    if found[MARK] != VERSION:
        raise BadLesson(f"This lesson is of another version; this dlviz reads version {VERSION}.")
    steps = found.get("steps")
    if not isinstance(steps, list) or len(steps) > MOST_STEPS:
        raise BadLesson(f"A lesson is a list of at most {MOST_STEPS} steps.")
    title = _read_text(found.get("title"), TITLE, "The title of the lesson")
    if not title:
        raise BadLesson("The lesson has no title.")
    return LessonPlan(title, tuple(_read_step(step, count, pages) for count, step in enumerate(steps, 1)))


def check_fields(plan: LessonPlan, fields_of: Callable[[str], Container[str]]) -> None:
    """Make sure that all fields that a lesson's links and locks name are known to their labs.

    Args:
        fields_of: names of a lab's fields.

    Raises: BadLesson, with the name of the first that is not.
    """
    for count, step in enumerate(plan.steps, 1):
        query = read_link(step.link, {step.page}).query
        for name in (*(name for name, _ in query), *step.lock, *step.hide):
            if name not in fields_of(step.page):
                raise BadLesson(f"Step {count}: its lab has nothing named “{clean(name, NAME)}”.")


def _write_step(step: Step) -> dict[str, Any]:
    question = step.question
    if isinstance(question, Choice):
        question = {"text": question.text, "options": [*question.options]}
    written = {"link": step.link, "text": step.text, "minutes": step.minutes, "question": question}
    held = {LOCK: [*step.lock], HIDE: [*step.hide]}
    return {name: value for name, value in {**written, **held}.items() if value not in ("", None, [])}


def _read_step(content: object, count: int, pages: Container[str]) -> Step:
    where = f"Step {count}"
    if not isinstance(content, dict):
        raise BadLesson(f"{where} is none: it has no link.")
    link = content.get("link")
    try:
        if not isinstance(link, str):
            raise ForeignLink(where)
        link = read_link(link, pages).link
    except ValueError as problem:  # a foreign link, or one of too many parts
        raise BadLesson(f"{where} does not lead to a lab of this app.") from problem
    minutes = content.get("minutes", 5)
    if type(minutes) is not int or not 0 < minutes <= MOST_MINUTES:
        raise BadLesson(f"{where} takes 1 to {MOST_MINUTES} minutes.")
    return Step(
        link,
        _read_text(content.get("text", ""), TEXT, f"The text of step {count}"),
        minutes,
        _read_question(content.get("question"), where),
        *(_read_names(content.get(held, []), where) for held in (LOCK, HIDE)),
    )


def _read_text(content: object, longest: int, what: str) -> str:
    if not isinstance(content, str) or len(content) > longest:
        raise BadLesson(f"{what} is a text of at most {longest} characters.")
    return clean(content, longest)


def _read_question(content: object, where: str) -> str | Choice | None:
    match content:
        case None:
            return None
        case str() if 0 < len(content) <= NAME:
            return content
        case {"text": str(text), "options": [*options]} if all(isinstance(each, str) for each in options):
            try:
                return write_question(text, options)
            except ValueError as problem:
                raise BadLesson(f"{where}: {problem}") from problem
    raise BadLesson(f"{where}: its question is the name of one of the lab’s, or a text with its options.")


def _read_names(content: object, where: str) -> tuple[str, ...]:
    if not isinstance(content, list) or len(content) > MOST_HELD or not _are_names(content):
        raise BadLesson(f"{where}: what it locks and hides are two lists of names.")
    return tuple(dict.fromkeys(content))


def _are_names(names: Iterable[object]) -> bool:
    return all(isinstance(name, str) and 0 < len(name) <= NAME for name in names)
