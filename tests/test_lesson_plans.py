"""Lessons that are written down: files, good and bad, and the three that ship."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from dlviz import ui
from dlviz.classroom.lesson_plan import (
    LARGEST,
    MOST_STEPS,
    BadLesson,
    LessonPlan,
    Step,
    open_step,
    read_lesson,
    write_lesson,
)
from dlviz.classroom.links import read_link
from dlviz.classroom.texts import write_question
from dlviz.questions import Choice
from dlviz.ui.classroom.computed import find_questions
from dlviz.ui.labs import TITLES
from dlviz.ui.lesson_plans.shipped import FOLDER, SHIPPED, bring_lesson, lab_fields, read_shipped
from dlviz.ui.locks import OTHER_KEYS, PARAMETERS, control_keys

TEXTS = (".py", ".js", ".html")
UI = Path(ui.__file__).parent
PLAN = LessonPlan(
    "A lesson",
    (
        Step("cnn?sample=0", "Look.", 7, "rows", lock=("weights",), hide=("seed", "off")),
        Step("gradients", question=write_question("Which?", ["One", "Two"])),
    ),
)


def changed(**parts: Any) -> bytes:
    return json.dumps({**json.loads(write_lesson(PLAN)), **parts}).encode()


def with_step(**parts: Any) -> bytes:
    return changed(steps=[{"link": "cnn", **parts}])


def test_a_lesson_is_the_same_after_it_was_taken_away_and_brought_in() -> None:
    assert bring_lesson(write_lesson(PLAN)) == PLAN
    assert PLAN.minutes == 12
    assert bring_lesson(b"\xef\xbb\xbf" + write_lesson(PLAN)) == PLAN  # as an editor may save it


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (changed(dlviz_lesson=2), "another version"),
        (changed(dlviz_lesson=[1]), "another version"),
        (write_lesson(PLAN)[:-40], "cut off"),
        (b"", "cut off"),
        (b"[" * 50_000, "cut off"),
        (b"{}", "no lesson of dlviz"),
        (b'["dlviz_lesson"]', "no lesson of dlviz"),
        (write_lesson(PLAN).replace(b"Look.", b"\xff\xfe"), "UTF-8"),
        (b" " * (LARGEST + 1), "at most 200 kB"),
        (changed(steps=[{"link": "cnn"}] * 10_000), f"at most {MOST_STEPS} steps"),
        (changed(steps=[{"link": "cnn"}] * (MOST_STEPS + 1)), f"at most {MOST_STEPS} steps"),
        (changed(steps={}), "list of at most"),
        (changed(steps=["cnn"]), "Step 1"),
        (changed(title=""), "no title"),
        (changed(title="t" * 10_000), "title"),
        (with_step(link="https://elsewhere.org"), "Step 1 does not lead"),
        (with_step(link="//elsewhere.org"), "Step 1 does not lead"),
        (with_step(link="../cnn"), "Step 1 does not lead"),
        (with_step(link="class?room=ABCDE"), "Step 1 does not lead"),
        (with_step(link="cnn?" + "&".join(f"a{count}=1" for count in range(99))), "Step 1 does not lead"),
        (with_step(link=None), "Step 1 does not lead"),
        (with_step(link="cnn?nonsense=1"), "nothing named “nonsense”"),
        (with_step(link="cnn?lock=weights"), "nothing named “lock”"),
        (with_step(lock=["weights", "stride"]), "nothing named “stride”"),
        (with_step(hide=["__init__"]), "nothing named “__init__”"),
        (with_step(lock="weights"), "lists of names"),
        (with_step(lock=[["weights"]]), "lists of names"),
        (with_step(text="x" * 10_000), "at most 800"),
        (with_step(text=7), "at most 800"),
        (with_step(minutes=0), "1 to 90 minutes"),
        (with_step(minutes=True), "1 to 90 minutes"),
        (with_step(minutes=1e9), "1 to 90 minutes"),
        (with_step(question={"text": "Which?", "options": ["One"]}), "2 to 6"),
        (with_step(question={"text": "Which?"}), "question"),
        (with_step(question="q" * 100), "question"),
    ],
)
def test_what_is_no_lesson_is_refused_in_one_sentence(content: bytes, said: str) -> None:
    with pytest.raises(BadLesson) as refused:
        bring_lesson(content)
    assert said in str(refused.value)
    assert len(str(refused.value)) < 200


def test_texts_are_kept_as_they_were_typed_in_one_line() -> None:
    plan = bring_lesson(with_step(text="<script>\u202e*x*\n\x00y</script>"))
    assert plan.steps[0].text == "<script>*x* y</script>"  # and escaped where it is drawn


def test_the_address_of_a_step_says_what_is_held() -> None:
    assert open_step(PLAN.steps[0], TITLES, "cnn-1").link == (
        "cnn?sample=0&lesson=cnn-1&lock=weights&hide=seed%2Coff"
    )
    assert open_step(PLAN.steps[1], TITLES, "").link == "gradients"


def test_no_field_of_a_lab_has_the_name_of_a_parameter_of_lessons() -> None:
    assert [lab for lab in TITLES if set(PARAMETERS) & set(lab_fields(lab))] == []


def test_a_lock_holds_the_controls_that_have_other_keys_than_their_field() -> None:
    found = control_keys("convolution", ["kernel", "drawing", "stride"])
    assert found == [
        "convolution.kernel",
        "convolution.kernels",
        "convolution.drawing",
        "paper",
        "convolution.stride",
    ]
    for own in OTHER_KEYS:
        lab, _, field = own.partition(".")
        assert field in lab_fields(lab)


def test_the_lessons_that_ship_are_those_of_the_folder() -> None:
    assert sorted(SHIPPED) == sorted(file.stem for file in FOLDER.glob("*.json"))


@pytest.mark.parametrize(
    ("name", "number", "answer"),
    [
        ("cnn", 5, "the CNN alone"),  # “What is it in the two networks that makes the difference?”
        ("memory", 7, "∂L/∂c, the cell’s"),  # “… the better road back into the past?”
        ("attention", 2, "Not for all"),
        ("attention", 3, "Sharper"),
        ("attention", 7, "Those of later layers alone"),
    ],
)
def test_what_a_step_asks_to_explain_does_happen(name: str, number: int, answer: str) -> None:
    step = read_shipped(name).steps[number - 1]
    _, questions = find_questions(read_link(step.link, TITLES))
    assert [each.answer for each in questions if each.name == step.question] == [answer]


@pytest.mark.parametrize("name", SHIPPED)
def test_what_a_step_quotes_is_found_in_its_lab(name: str) -> None:
    for step in read_shipped(name).steps:
        folders = (UI / "labs" / step.page, UI / "components", UI / "inputs")
        files = [file for folder in folders for file in folder.rglob("*") if file.suffix in TEXTS]
        lab = "\n".join(file.read_text(encoding="utf-8") for file in files)
        assert [quoted for quoted in re.findall("“(.+?)”", step.text) if quoted not in lab] == []


@pytest.mark.parametrize("name", SHIPPED)
def test_a_lesson_that_ships_takes_45_minutes_and_each_step_asks_something(name: str) -> None:
    plan = bring_lesson((FOLDER / f"{name}.json").read_bytes())
    assert plan == read_shipped(name) == read_lesson(write_lesson(plan), TITLES)
    assert plan.minutes == 45
    for step in plan.steps:
        assert step.text.endswith((".", "?"))
        if isinstance(step.question, Choice):
            continue
        _, questions = find_questions(read_link(step.link, TITLES))
        (question,) = [each for each in questions if each.name == step.question]
        assert question.is_answered
        # What the answer changes on screen, the learner may try as well.
        assert not set(question.shows) & {*step.lock, *step.hide}
