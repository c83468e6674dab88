"""Questions to predict before looking, in three kinds: choose, a number on a scale, a curve to draw.

A question is plain data, made by a lab from what is on screen, so its answer is that of the learner's own
pass. It travels as JSON, with its answer or without.
"""

import math
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from itertools import pairwise
from typing import Any, ClassVar, Generic, TypeVar

MOST_PLACES = 200  # at which a curve is drawn
Curve = tuple[float, ...]  # values at a question's places, one each

Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Axis:
    """A scale from low to high, which is above it; a logarithmic one begins above 0.

    Args:
        unit: written after a value, such as `%` or `nats`.
    """

    title: str
    low: float
    high: float
    unit: str = ""
    log: bool = False

    def share(self, value: float) -> float:
        """A value's place between low (0) and high (1); what is beyond an end lies on it."""
        low, high, value = (
            math.log(max(each, self.low)) if self.log else each for each in (self.low, self.high, value)
        )
        return min(max((value - low) / (high - low), 0.0), 1.0)


@dataclass(frozen=True)
class Judgement:
    """A verdict on a prediction.

    Args:
        right: near enough.
        distance: from the answer, as a share of the scale in [0, 1]; of a curve, its mean over all places.
    """

    right: bool
    distance: float


@dataclass(frozen=True, kw_only=True)
class Question(ABC, Generic[Answer]):
    """Something to predict before looking.

    Args:
        name: unique within the lab.
        hints: given one after the other, on request: first where to look, then how to work it out.
        answer: taken from the learner's own pass; None as long as nothing has computed it.
        because: the explanation, with the numbers that were computed; empty as long as the answer is not
            whole, such as the curve of a run that goes on.
        why: asks for the reason once the answer is known; empty where the explanation follows at once.
        shows: field of the lab's state -> its value, where a change of them brings the answer on screen.
    """

    kind: ClassVar[str]

    name: str
    text: str
    hints: Sequence[str]
    answer: Answer | None
    because: str
    why: str = ""
    shows: Mapping[str, Any] = field(default_factory=dict)

    @abstractmethod
    def read(self, predicted: object) -> Answer:
        """The prediction that came from a browser.

        Raises: ValueError if it is none that the question allows.
        """

    @abstractmethod
    def judge(self, predicted: Answer) -> Judgement:
        """Compare a prediction with the answer.

        Raises: ValueError if there is no answer yet.
        """

    @property
    def is_answered(self) -> bool:
        """True if the whole answer is known."""
        return self.answer is not None and self.because != ""

    @property
    def is_begun(self) -> bool:
        """True if a prediction can be judged by what is known of the answer."""
        return self.answer is not None

    def without_answer(self) -> "Question[Answer]":
        """The question as it is asked: neither its answer nor what explains it, or brings it on screen."""
        return replace(self, answer=None, because="", shows={})

    def known(self) -> Answer:
        """The answer.

        Raises: ValueError if there is none yet.
        """
        if self.answer is None:
            raise ValueError(self.name)
        return self.answer


@dataclass(frozen=True, kw_only=True)
class Choice(Question[str]):
    """One of a few options, of which `answer` is one.

    Args:
        as_good: options that cannot be told from the answer, and are right too.
    """

    kind: ClassVar[str] = "choice"

    options: Sequence[str]
    as_good: Sequence[str] = ()

    def without_answer(self) -> "Choice":
        """The question as it is asked."""
        return replace(self, answer=None, because="", shows={}, as_good=())

    def read(self, predicted: object) -> str:
        """One of the options."""
        if not isinstance(predicted, str) or predicted not in self.options:
            raise ValueError(self.name)
        return predicted

    def judge(self, predicted: str) -> Judgement:
        """Right or not; there is no near."""
        right = predicted in (self.known(), *self.as_good)
        return Judgement(right, 0.0 if right else 1.0)


@dataclass(frozen=True, kw_only=True)
class Number(Question[float]):
    """A number on a scale.

    Args:
        step: between two numbers that can be chosen; of a logarithmic scale, as a share of it.
        tolerance: the farthest from the answer that is right, measured as `step` is.
    """

    kind: ClassVar[str] = "number"

    scale: Axis
    step: float
    tolerance: float

    def read(self, predicted: object) -> float:
        """A number on the scale."""
        return _read_number(self, predicted, self.scale)

    def judge(self, predicted: float) -> Judgement:
        """Right within the tolerance."""
        answer = self.known()
        distance = abs(self.scale.share(predicted) - self.scale.share(answer))
        far = distance if self.scale.log else abs(predicted - answer)
        return Judgement(far <= self.tolerance + 1e-9, distance)


@dataclass(frozen=True, kw_only=True)
class Drawing(Question[Curve]):
    """A curve: a value at each of some places. The answer has NaN where nothing is known.

    Args:
        across: the axis of the places.
        up: the axis of the values.
        places: along `across`, ascending, at most 200.
        tolerance: the largest mean distance that is right, as a share of `up`.
        before: values at the first places as they are before the change asked about, drawn faintly.
        before_title: what they are, in the legend.
    """

    kind: ClassVar[str] = "drawing"

    across: Axis
    up: Axis
    places: Sequence[float]
    tolerance: float = 0.1
    before: Sequence[float] = ()
    before_title: str = "Now"

    @property
    def is_begun(self) -> bool:
        """True if the answer has a value anywhere."""
        return self.answer is not None and not all(map(math.isnan, self.answer))

    def read(self, predicted: object) -> Curve:
        """A value at each place, within the axis."""
        if not isinstance(predicted, list | tuple) or len(predicted) != len(self.places):
            raise ValueError(self.name)
        return tuple(_read_number(self, value, self.up) for value in predicted)

    def judge(self, predicted: Curve) -> Judgement:
        """Right if the mean distance, over the places with an answer, is within the tolerance."""
        gaps = [
            abs(self.up.share(mine) - self.up.share(true))
            for mine, true in zip(predicted, self.known(), strict=True)
            if not math.isnan(true)
        ]
        if not gaps:
            raise ValueError(self.name)
        distance = sum(gaps) / len(gaps)
        return Judgement(distance <= self.tolerance, distance)


def _read_number(question: Question, value: object, axis: Axis) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not axis.low <= value <= axis.high:
        raise ValueError(question.name)
    return float(value)


KINDS: Mapping[str, type[Choice] | type[Number] | type[Drawing]] = {
    each.kind: each for each in (Choice, Number, Drawing)
}


def to_json(question: Question) -> dict[str, Any]:
    """The question as JSON can hold it; NaN in a curve becomes None."""
    content = asdict(question)
    if isinstance(question, Drawing) and question.answer is not None:
        content["answer"] = [None if math.isnan(value) else value for value in question.answer]
    return {"kind": question.kind, **content}


def from_json(content: object) -> Question:
    """The question that `to_json` wrote, and that may have come from anywhere.

    Raises: ValueError if it is none.
    """
    if not isinstance(content, Mapping) or content.get("kind") not in KINDS:
        raise ValueError("kind")
    made = KINDS[content["kind"]]
    given = {each.name: content[each.name] for each in fields(made) if each.name in content}
    try:
        for name in {"scale", "across", "up"} & given.keys():
            given[name] = _read_axis(given[name])
        answer = given.pop("answer", None)
        question: Question = made(**given, answer=None)
        _check(question)
        if answer is not None:
            question = replace(question, answer=_read_answer(question, answer))
    except (TypeError, AttributeError) as error:
        raise ValueError("fields") from error
    return question


def _read_axis(content: Mapping[str, Any]) -> Axis:
    axis = Axis(**content)
    least = 0.0 if axis.log else -math.inf
    if not all(isinstance(text, str) for text in (axis.title, axis.unit)):
        raise ValueError("axis")
    if not least < axis.low < axis.high < math.inf:
        raise ValueError("axis")
    return axis


def _check(question: Question) -> None:
    """Refuse what no question can hold; what is of another type is refused by its use.

    Raises: ValueError, TypeError.
    """
    texts = [question.name, question.text, question.because, question.why, *question.hints]
    match question:
        case Choice():
            sound = len(question.options) > 1
            texts += [*question.options, *question.as_good]
        case Number():
            sound = 0 < question.step < math.inf and 0 <= question.tolerance < math.inf
        case Drawing():
            places = question.places
            sound = 2 <= len(places) <= MOST_PLACES and 0 < question.tolerance <= 1
            sound = sound and all(before < after for before, after in pairwise(places))
            sound = sound and question.across.low <= places[0] and places[-1] <= question.across.high
            sound = sound and all(map(math.isfinite, question.before)) and len(question.before) <= len(places)
            texts.append(question.before_title)
        case _:
            sound = False
    if not sound or not all(isinstance(text, str) for text in texts):
        raise ValueError(question.kind)


def _read_answer(question: Question, answer: Any) -> object:
    """The answer, which may lie beyond the scale."""
    match question:
        case Choice():
            return question.read(answer)
        case Drawing():
            if len(answer) != len(question.places):
                raise ValueError(question.name)
            return tuple(math.nan if value is None else float(value) for value in answer)
        case _:
            return float(answer)
