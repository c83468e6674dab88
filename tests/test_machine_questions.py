"""What is asked about a film, against answers worked out by hand."""

import numpy as np

from dlviz.training.analysis.snapshot import Moment
from dlviz.ui.labs.training.time_machine.film import Film
from dlviz.ui.labs.training.time_machine.questions import OPTIONS, questions, shown_code
from dlviz.ui.labs.training.time_machine.state import KINDS

EMPTY = np.zeros((0, 0, 0), np.float16)
CLASSES = ["cat", "dog_", "\n"]


def film(answers: dict[int, list[float]], values: list[np.ndarray], names: tuple[str, ...] = ()) -> Film:
    moments = {
        step: Moment(np.array(answer, np.float32), each, names, ())
        for (step, answer), each in zip(answers.items(), values, strict=True)
    }
    return Film(moments, {}, "", CLASSES, [])


ANSWERS = {
    0: [0.5, 0.3, 0.2],
    1: [0.2, 0.6, 0.2],  # the last answer for the first time, by a change of 0.3
    3: [0.6, 0.3, 0.1],
    10: [0.1, 0.8, 0.1],  # the largest change: 0.5
    50: [0.1, 0.8, 0.1],
}


def still(count: int) -> list[np.ndarray]:
    return [EMPTY] * count


def test_first_and_leap() -> None:
    seen = film(ANSWERS, still(5))
    first, leap = questions(seen, lambda: seen)
    assert first.answer == "step 10"
    assert first.options == ["step 0", "step 1", "step 10", "step 50"]
    assert r"“dog\_”" in first.text  # names are the learner's own
    assert first.because == (
        r"At step 10 it says “dog\_” with 80.0 %, and never anything else after. "
        "It said so at step 1 already, but not for good."
    )
    assert leap.answer == "step 3 → 10"
    assert leap.answer in leap.options
    assert leap.because.startswith("There 50.0 % of its certainty")


def test_an_answer_that_never_changed() -> None:
    seen = film({0: [0.1, 0.1, 0.8], 1: [0, 0, 1]}, still(2))
    first, leap = questions(seen, lambda: seen)
    assert (first.answer, first.options, leap.options) == ("step 0", ["step 0", "step 1"], ["step 0 → 1"])
    assert first.because == "At step 0 it says “new line” with 80.0 %, and never anything else after."


def test_an_answer_given_to_nearly_everything_is_told_as_such() -> None:
    seen = film({1: [0.1, 0.1, 0.8], 50: [0, 0, 1]}, still(2))
    asked = {(1, 2): (93, 100)}
    first, _ = questions(seen, lambda: seen, lambda step, answer: asked[step, answer])
    assert first.because.endswith("At step 1 it says “new line” to 93 of 100 other examples too.")


def test_kernels_against_the_answer() -> None:
    before, after = np.full((2, 3, 3), 1.0), np.full((2, 3, 3), 1.1)
    kernels = film({0: ANSWERS[0], 50: ANSWERS[50]}, [before, after])
    _, _, moved = questions(kernels, lambda: kernels)
    # 0.1 of every kernel's 1; the answer's change is √0.42, its length was √0.38.
    assert moved.answer == "the answer"
    assert "by 0.1 times their length, the answer by 1.05 times" in moved.because
    calm = film({0: ANSWERS[0], 50: ANSWERS[0]}, [before, after])
    assert questions(calm, lambda: calm)[2].answer == "the kernels"


def test_the_gate_that_changes_most() -> None:
    before = np.zeros((3, 2, 2), np.float16)
    after = before.copy()
    after[0, 0, 0], after[2] = 0.8, 0.5  # means 0.2 and 0.5
    seen = film({0: ANSWERS[0], 1: ANSWERS[1]}, [before, after], ("input gate", "forget gate", "cell state"))
    gate = questions(seen, lambda: film(ANSWERS, still(5)))[2]
    assert (gate.answer, gate.because) == (
        "cell state",
        "The mean changes are: input gate 0.2, forget gate 0, cell state 0.5.",
    )


def test_of_many_checkpoints_a_few_are_offered_and_the_right_one_is_among_them() -> None:
    for right in range(20):
        answers = {step: [0.9, 0.1, 0.0] if step < right else [0.1, 0.9, 0.0] for step in range(20)}
        seen = film(answers, still(20))
        for question in questions(seen, lambda seen=seen: seen):
            assert question.answer in question.options
            assert len(question.options) == len(set(question.options)) == OPTIONS
        assert questions(seen, lambda seen=seen: seen)[0].answer == f"step {right}"


def test_the_code_of_every_kind() -> None:
    assert {shown_code(kind)[-1].__name__ for kind in KINDS} == {"_kernels", "_maps", "_attention", "_gates"}
