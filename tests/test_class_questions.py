"""Questions of all labs, computed from links without their pages."""

import numpy as np
import pytest

from dlviz.classroom.links import read_link
from dlviz.questions import Choice, from_json, to_json
from dlviz.ui.classroom.computed import FINDERS, NotComputed, find_questions
from dlviz.ui.classroom.drawing import find_drawing, find_words
from dlviz.ui.inputs.digit import test_digit as read_test_digit
from dlviz.ui.labs import LABS, TITLES

NEED_RUN = {"training"}  # nothing to ask before something has been trained
SHORT = {"generate": "generate?length=20", "gradients": "gradients?steps=20"}  # as quick, and asked the same


@pytest.mark.parametrize("lab", [lab.name for lab in LABS if lab.name not in NEED_RUN])
def test_a_lab_as_it_opens_has_questions_with_computed_answers(lab: str) -> None:
    situation, questions = find_questions(read_link(SHORT.get(lab, lab), TITLES))
    assert questions
    for question in questions:
        assert question.is_answered
        assert not isinstance(question, Choice) or question.answer in question.options
        assert from_json(to_json(question)).text == question.text
    assert read_link(situation.link, TITLES) == situation


def test_every_lab_is_asked_about() -> None:
    assert list(FINDERS) == [lab.name for lab in LABS]


def test_the_answer_is_that_of_the_links_own_situation() -> None:
    flat = {
        kernel: next(
            each
            for each in find_questions(read_link(f"convolution?kernel={kernel}", TITLES))[1]
            if each.name == "flat"
        )
        for kernel in ("edge", "box")
    }
    assert [flat[kernel].answer for kernel in ("edge", "box")] == ["It becomes 0", "It keeps its value"]


@pytest.mark.parametrize(
    "link",
    ["mlp?weights=run&run=00000000000000000000", "training", "convolution?picture=own", "depth?view=inside"],
)
def test_what_cannot_be_computed_is_said(link: str) -> None:
    with pytest.raises(NotComputed, match=r"\.$"):
        find_questions(read_link(link, TITLES))


@pytest.mark.parametrize("link", ["cnn?sample=zzz&nonsense=1", "mlp?layer=9999", "block?part=order&other=x"])
def test_what_a_link_holds_wrongly_is_left_out(link: str) -> None:
    assert find_questions(read_link(link, TITLES))[1]


@pytest.mark.parametrize(
    "link", ["mlp?", "cnn?", "rnn?", "attention?input=digit&", "block?network=digit&", "race?view=inside&"]
)
def test_the_drawing_that_is_asked_about_can_be_shown(link: str) -> None:
    drawing = find_drawing(read_link(f"{link}sample=3", TITLES))
    assert drawing is not None
    assert np.array_equal(drawing, read_test_digit(3)[0])


@pytest.mark.parametrize(
    "link", ["rnn?input=sentence&sample=3", "attention?sample=3", "block?sample=3", "race?sample=3", "text"]
)
def test_no_drawing_stands_beside_a_question_about_something_else(link: str) -> None:
    assert find_drawing(read_link(link, TITLES)) is None


def test_nothing_is_asked_about_an_empty_text() -> None:
    with pytest.raises(NotComputed, match="no word"):
        find_questions(read_link("text?text=", TITLES))


@pytest.mark.parametrize(
    ("link", "words"),
    [
        ("text?text=a+good+film", ("a good film",)),
        ("rnn?input=sentence&text=not+good", ("not good",)),
        ("rnn?sample=0", ()),
        ("attention?text=the+animal", ("the animal",)),
        ("attention?input=digit", ()),
        ("block?part=order&words=dog+bites+man&other=man+bites+dog", ("dog bites man", "man bites dog")),
        ("block?network=digit", ()),
        ("bert?text=It+works.", ("It works.",)),
        ("cnn?sample=0", ()),
    ],
)
def test_a_class_is_shown_the_words_that_a_question_is_about(link: str, words: tuple[str, ...]) -> None:
    assert find_words(read_link(link, TITLES)) == words
