"""Questions of three kinds: what they allow, how they judge, and what JSON keeps of them."""

import json
import math
from dataclasses import replace

import pytest

from dlviz.questions import Axis, Choice, Drawing, Number, Question, from_json, to_json

SIZE = Choice(
    name="size",
    text="What size?",
    hints=["Count.", "There are 13 places."],
    answer="13×13",
    because="13 places in each direction.",
    why="Why not half?",
    shows={"stride": 2},
    options=["13×13", "14×14"],
)
OFF = Number(
    name="off",
    text="How many?",
    hints=[],
    answer=40.0,
    because="40 maps.",
    scale=Axis("maps", 0, 64),
    step=1,
    tolerance=4,
)
PARAMETERS = replace(
    OFF,
    name="parameters",
    scale=Axis("parameters", 1, 1e6, log=True),
    answer=1000.0,
    step=0.01,
    tolerance=0.1,
)
LOSS = Drawing(
    name="loss",
    text="Where will it go?",
    hints=[],
    answer=(2.0, 1.0, math.nan),
    because="It fell.",
    across=Axis("epoch", 1, 3),
    up=Axis("loss", 0, 2.5, "nats"),
    places=(1, 2, 3),
)
ALL = (SIZE, OFF, PARAMETERS, LOSS)


def test_a_choice_is_right_or_it_is_not() -> None:
    assert SIZE.judge("13×13").right
    assert not SIZE.judge("14×14").right


@pytest.mark.parametrize(("predicted", "right", "distance"), [(36, True, 4 / 64), (35, False, 5 / 64)])
def test_a_number_is_right_within_its_tolerance(predicted: float, right: bool, distance: float) -> None:
    judged = OFF.judge(predicted)
    assert (judged.right, judged.distance) == (right, pytest.approx(distance))


def test_a_number_on_a_logarithmic_scale_is_judged_by_its_factor() -> None:
    # A tenth of the scale of six powers of ten is a factor of 10^0.6, about 4.
    assert PARAMETERS.judge(3900).right
    assert PARAMETERS.judge(1000 / 3.9).right
    assert not PARAMETERS.judge(4100).right


def test_a_curve_is_judged_by_its_mean_distance_where_there_is_an_answer() -> None:
    # 0.25 and 0.5 of 2.5 nats away; the third place counts for nothing.
    judged = LOSS.judge((2.25, 1.5, 0.0))
    assert judged.distance == pytest.approx(0.15)
    assert not judged.right
    assert LOSS.judge((2.0, 1.4, 0.0)).right


def test_what_lies_beyond_a_scale_lies_on_its_end() -> None:
    assert [OFF.scale.share(value) for value in (-1, 32, 100)] == [0, 0.5, 1]
    assert PARAMETERS.scale.share(0) == 0


@pytest.mark.parametrize("question", ALL, ids=lambda each: each.name)
def test_nothing_is_judged_before_there_is_an_answer(question: Question) -> None:
    asked = question.without_answer()
    assert (asked.answer, asked.because, asked.shows) == (None, "", {})
    with pytest.raises(ValueError, match=question.name):
        asked.judge(question.known())


@pytest.mark.parametrize(
    ("question", "predicted"),
    [
        (SIZE, "15×15"),
        (SIZE, 3),
        (SIZE, ["13×13"]),
        (OFF, 65),
        (OFF, "3"),
        (OFF, True),
        (OFF, math.nan),
        (LOSS, [1, 1]),
        (LOSS, [1, 1, 9]),
        (LOSS, "111"),
    ],
)
def test_a_prediction_that_the_question_does_not_allow_is_refused(
    question: Question, predicted: object
) -> None:
    with pytest.raises(ValueError, match=question.name):
        question.read(predicted)


def test_a_prediction_from_a_browser_is_read() -> None:
    assert SIZE.read("14×14") == "14×14"
    assert OFF.read(3) == 3.0
    assert LOSS.read([2, 1.5, 1]) == (2.0, 1.5, 1.0)


@pytest.mark.parametrize("question", ALL, ids=lambda each: each.name)
def test_json_keeps_a_question(question: Question) -> None:
    text = json.dumps(to_json(question), allow_nan=False)
    assert json.dumps(to_json(from_json(json.loads(text)))) == text
    asked = json.dumps(to_json(question.without_answer()), allow_nan=False)
    assert from_json(json.loads(asked)).answer is None


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "essay"},
        {"kind": None},
        {"options": ["alone"]},
        {"options": [1, 2]},
        {"answer": "15×15"},
        {"text": 5},
        {"hints": None},
    ],
)
def test_a_choice_that_came_from_elsewhere_may_be_nonsense(change: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r".+"):
        from_json({**to_json(SIZE), **change})


@pytest.mark.parametrize(
    "change",
    [
        {"places": [1, 1, 2]},
        {"places": [3]},
        {"places": list(range(1000))},
        {"answer": [1]},
        {"up": {"title": "loss", "low": 0, "high": 1, "log": True}},
        {"up": {"title": "loss", "low": 2, "high": 1}},
        {"up": "loss"},
        {"tolerance": 0},
    ],
)
def test_a_curve_that_came_from_elsewhere_may_be_nonsense(change: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r".+"):
        from_json({**to_json(LOSS), **change})


@pytest.mark.parametrize("content", [None, [], "x", {}, {"kind": "choice"}])
def test_what_is_no_question_is_refused(content: object) -> None:
    with pytest.raises(ValueError, match=r".+"):
        from_json(content)
