"""A room as one moment has it: its learners, its question, their answers, and what they show."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dlviz.questions import Choice, Question

# Phases of a question. Answers are taken while learners vote, and in no other; one that is put away is on no
# board any longer.
VOTE, SPREAD, TALK, AWAY = "vote", "spread", "talk", "away"
ROUNDS = 2
# What learners share.
DRAWING, SENTENCE, RUN = "drawing", "sentence", "run"
KINDS = (DRAWING, SENTENCE, RUN)


@dataclass(frozen=True)
class Asked:
    """A question before the class.

    Args:
        question: with its answer, where that is computed.
        link: of the situation that it is about, or nothing.
        round: 1, or 2 after talking.
        truth: the answer is shown.
        answers: of each round, what each learner predicts.
    """

    id: int
    question: Question
    link: str = ""
    round: int = 1
    phase: str = VOTE
    truth: bool = False
    answers: tuple[Mapping[int, Any], ...] = ({}, {})

    @property
    def open(self) -> bool:
        """True while answers are taken."""
        return self.phase == VOTE

    @property
    def shown_rounds(self) -> tuple[int, ...]:
        """The rounds whose answers are shown: no learner knows another's answer before.

        While the class talks and votes again, the first one is put away.
        """
        return tuple(range(1, self.round + 1)) if self.phase == SPREAD else ()

    @property
    def answered(self) -> int:
        """Number of learners who have answered in the present round."""
        return len(self.answers[self.round - 1])

    @property
    def computed(self) -> bool:
        """True if there is an answer to reveal."""
        return self.question.is_answered

    def spread(self, round_: int) -> list[int]:
        """Number of answers for each option of a choice, in a round."""
        given = list(self.answers[round_ - 1].values())
        options = self.question.options if isinstance(self.question, Choice) else ()
        return [given.count(option) for option in options]


@dataclass(frozen=True)
class Shared:
    """Something that a learner shows: a drawing, a sentence, or a run's id.

    Args:
        content: of a drawing, the digit that it is meant to be, a point, and the drawing as text.
        name: the author's nickname, if that is wanted beside it.
    """

    id: int
    learner: int
    kind: str
    content: str
    name: str = ""


@dataclass(frozen=True)
class Board:
    """A room.

    Args:
        teacher: hash of the teacher's token.
        version: grows with every change.
        learners: id -> nickname, in the order in which they came.
        sent: the link that everyone is asked to look at, or nothing.
        sent_number: how many have been sent until now.
        gathering: the kind that learners are asked to show, or nothing.
        taken_off: learners and the kind of what the teacher has taken off the wall.
        lesson: the room's lesson, as its file has it, or nothing.
        lesson_step: the step before the class, counted from 1; 0 before the first.
    """

    code: str
    teacher: str
    version: int
    learners: Mapping[int, str]
    question: Asked | None = None
    sent: str = ""
    sent_number: int = 0
    gathering: str = ""
    shared: Sequence[Shared] = ()
    taken_off: Container[tuple[int | None, str]] = ()
    lesson: str = ""
    lesson_step: int = 0

    def of_kind(self, kind: str) -> list[Shared]:
        """Things shared that are of one kind, the oldest first."""
        return [each for each in self.shared if each.kind == kind]
