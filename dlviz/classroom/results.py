"""A room's results as a table."""

from __future__ import annotations

import csv
import io
from typing import Any

from dlviz.classroom.board import ROUNDS
from dlviz.classroom.store import Classroom
from dlviz.questions import Question

COLUMNS = ("question", "text", "situation", "round", "learner", "nickname", "answer", "computed", "right")
FORMULA = ("=", "+", "-", "@")  # with which a spreadsheet begins to compute


def write_results(classroom: Classroom, code: str) -> str:
    """All answers of a room as CSV, a line for each; learners are numbered as they came.

    Raises: NoRoom.
    """
    names = classroom.read_board(code).learners
    numbers = {learner: number for number, learner in enumerate(names, 1)}
    file = io.StringIO()
    table = csv.writer(file)
    table.writerow(COLUMNS)
    for number, asked in enumerate(classroom.read_questions(code), 1):
        question = asked.question
        for round_ in range(1, ROUNDS + 1):
            for learner, value in sorted(asked.answers[round_ - 1].items()):
                right = _judge(question, value)
                known = numbers.get(learner, ""), names.get(learner, "")
                computed = "" if question.answer is None else question.answer
                cells = question.text, asked.link, round_, *known, value, computed, right
                table.writerow([number, *map(_harmless, cells)])
    return file.getvalue()


def _harmless(cell: object) -> object:
    """A cell in which no spreadsheet finds a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell


def _judge(question: Question, value: Any) -> str:
    try:
        return "yes" if question.judge(question.read(value)).right else "no"
    except ValueError:  # nothing is known of the answer
        return ""
