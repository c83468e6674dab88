"""The page of a class, from the teacher's side and from a learner's."""

import base64
import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sqlalchemy.exc import OperationalError
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Header, Subheader

from dlviz.classroom.access import Access, Rooms
from dlviz.classroom.board import DRAWING, RUN, SENTENCE
from dlviz.classroom.codes import Guesses
from dlviz.classroom.database import connect
from dlviz.classroom.lesson_plan import LessonPlan, Step, write_lesson
from dlviz.classroom.links import Situation
from dlviz.classroom.place import Unreachable
from dlviz.classroom.store import Classroom, Member
from dlviz.classroom.tables import NewerDatabase
from dlviz.classroom.watching import Watcher
from dlviz.data import digits
from dlviz.questions import Choice
from dlviz.training.runs.service import Service
from dlviz.ui.classroom import asking, door, session, sharing
from dlviz.ui.classroom.sent import find_situation, read_situation
from dlviz.ui.labs.cnn.state import LAB
from dlviz.ui.lesson_plans.shipped import bring_lesson
from dlviz.ui.lesson_plans.walk import NOT_IN_CLASS
from dlviz.ui.server import owner_cookie
from tests.pages.conftest import Open
from tests.pages.training_lab import batch, epoch, start, tell
from tests.training_runs.idle import MINE
from tests.training_runs.processes import until

TEACHER, LEARNER, OTHER = "t" * 43, "l" * 43, "o" * 43
SECRET = "because-it-was-computed"
QUESTION = Choice(
    name="asked", text="Which?", options=["One", "Two"], hints=["hidden-hint"], answer="Two", because=SECRET
)


@pytest.fixture
def classroom(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Classroom:
    made = Classroom(connect(f"sqlite:///{tmp_path / 'classes.sqlite3'}"))
    monkeypatch.setattr(session, "_access", Access(lambda: Rooms(made, Watcher(made, lambda: 0.0))))
    monkeypatch.setattr(session, "may_hold_rooms", lambda: True)
    monkeypatch.setattr(door, "_guesses", Guesses())
    return made


@pytest.fixture
def visit(opened: Open, monkeypatch: pytest.MonkeyPatch) -> Callable[..., AppTest]:
    """The page of the class in the browser that holds a token."""

    def visit(token: str, **query: str) -> AppTest:
        monkeypatch.setattr(owner_cookie, "token", lambda: token)
        return opened("class", **query)

    return visit


def sent(app: AppTest) -> str:
    """All that the server has sent to the browser."""
    return "".join(str(element.proto) for element in app.main if hasattr(element, "proto")) + str(app.main)


def test_a_room_is_opened_and_joined_by_link(classroom: Classroom, visit: Callable[..., AppTest]) -> None:
    teacher = visit(TEACHER)
    teacher.button(key="class.open").click().run()
    found = classroom.find_member(TEACHER)
    assert found is not None
    assert found.teaches
    assert f"### {found.room}" in [each.value for each in teacher.markdown]
    learner = visit(LEARNER, room=found.room)
    assert [each.value for each in learner.header] == ["You are in."]
    again = visit(LEARNER)  # another tab of the same browser, without the code
    assert [each.value for each in again.header] == ["You are in."]
    assert len(classroom.read_board(found.room).learners) == 1


def test_no_learner_is_sent_anything_of_the_answers_before_the_reveal(
    classroom: Classroom, visit: Callable[..., AppTest]
) -> None:
    code = classroom.open_room(TEACHER)
    asked = classroom.ask(code, TEACHER, QUESTION)
    classroom.answer(classroom.join(code, OTHER), asked, "One")
    learner = visit(LEARNER, room=code)
    learner.button(key=f"class.answer.{asked}.1.1").click().run()
    board = classroom.read_board(code)
    assert board.question is not None
    assert board.question.spread(1) == [1, 1]
    assert not learner.get("bidi_component")
    assert not any(word in sent(learner) for word in (SECRET, "hidden-hint", OTHER, "1 of", "2 of"))
    classroom.show_spread(code, TEACHER)
    session.look(Member(code, None), now=True)
    learner.run()
    assert len(learner.get("bidi_component")) == 1
    assert SECRET not in sent(learner)
    classroom.show_truth(code, TEACHER)
    session.look(Member(code, None), now=True)
    assert SECRET in sent(learner.run())


def test_a_wrong_code_is_said_and_slowed_down(classroom: Classroom, visit: Callable[..., AppTest]) -> None:
    app = visit(LEARNER)
    said = []
    for _ in range(10):
        app.text_input(key="class.code.door").set_value("ABCDE").run()
        said += [each.value for each in app.info]
        app.text_input(key="class.code.door").set_value("").run()
    assert said[0].startswith("There is no class")
    assert said[-1].startswith("Too many wrong codes")


def test_a_nickname_is_shown_as_it_was_typed(classroom: Classroom, visit: Callable[..., AppTest]) -> None:
    code = classroom.open_room(TEACHER)
    app = visit(LEARNER, room=code)
    app.text_input(key="class.nickname").set_value("**Ada** <b>").run()
    assert r"\*\*Ada\*\*" in app.caption[0].value


def test_a_link_elsewhere_is_never_offered(classroom: Classroom, visit: Callable[..., AppTest]) -> None:
    code = classroom.open_room(TEACHER)
    classroom.send(code, TEACHER, "https://elsewhere.org")
    assert "Open it" not in [each.label for each in visit(LEARNER, room=code).button]
    classroom.send(code, TEACHER, "cnn?sample=0")
    session.look(Member(code, None), now=True)
    assert "Open it" in [each.label for each in visit(OTHER, room=code).button]


def test_a_closed_room_says_so_to_who_is_in_it(classroom: Classroom, visit: Callable[..., AppTest]) -> None:
    code = classroom.open_room(TEACHER)
    app = visit(LEARNER, room=code)
    classroom.close_room(code, TEACHER)
    with session.access().use() as rooms, pytest.raises(LookupError):
        rooms.watcher.board(code, now=True)
    app.run()
    assert [each.value for each in app.info] == ["The class is over."]
    assert app.button(key="class.open")


def test_a_press_in_a_room_that_is_just_gone_says_so(
    classroom: Classroom, visit: Callable[..., AppTest]
) -> None:
    code = classroom.open_room(TEACHER)
    asked = classroom.ask(code, TEACHER, QUESTION)
    learner, teacher = visit(LEARNER, room=code), visit(TEACHER)
    classroom.close_room(code, TEACHER)  # in another tab
    for app, pressed in ((learner, f"class.answer.{asked}.1.0"), (teacher, "class.step.show_spread")):
        app.button(key=pressed).click().run()
        assert not app.exception
        assert [each.value for each in app.info] == ["The class is over."]


def test_pages_go_on_without_a_database_and_are_whole_once_it_is_back(
    classroom: Classroom, visit: Callable[..., AppTest], opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = classroom.open_room(TEACHER)
    is_away = True
    version = classroom.version

    def refuse_while_away(room: str = "") -> int | None:
        if is_away:
            raise OperationalError("", None, Exception("gone"))
        return version(room)

    def open_rooms() -> Rooms:
        refuse_while_away()
        return Rooms(classroom, Watcher(classroom))

    def is_back() -> bool:
        try:
            return session.look(Member(code, None), now=True) is not None
        except Unreachable:
            return False

    monkeypatch.setattr(classroom, "version", refuse_while_away)
    monkeypatch.setattr(session, "_access", Access(open_rooms))
    said = str(Unreachable())
    page, lab = visit(LEARNER, room=code), opened("convolution")
    assert [each.value for each in page.info] == [said]
    assert f":material/cloud_off: {said}" in [each.value for each in lab.caption]
    assert lab.header

    is_away = False
    until(is_back)
    assert [each.value for each in page.run().header] == ["You are in."]
    assert said not in "".join(each.value for each in lab.run().caption)

    is_away = True
    with suppress(Unreachable):
        session.look(Member(code, None), now=True)
    page.button(key="class.leave").click().run()  # nothing can be left now
    assert said in [each.value for each in page.info]
    is_away = False
    until(is_back)
    assert [each.value for each in page.run().header] == ["You are in."]


def test_what_a_teacher_presses_while_the_database_is_away_says_so(
    classroom: Classroom, visit: Callable[..., AppTest], monkeypatch: pytest.MonkeyPatch
) -> None:
    code = classroom.open_room(TEACHER)
    asked = classroom.ask(code, TEACHER, QUESTION)
    classroom.answer(classroom.join(code, LEARNER), asked, "One")
    page = visit(TEACHER)
    page.button(key="class.lesson.teach").click().run()

    def tools(code: str) -> None:
        from dlviz.classroom.store import Member
        from dlviz.ui.classroom.teacher import show_tools

        show_tools(Member(code, None))

    end = AppTest.from_function(tools, args=(code,))
    end.session_state["class.results"] = True
    assert [each.proto.label for each in end.run().get("download_button")] == ["Results as a table"]

    def refuse() -> Rooms:
        raise OperationalError("", None, Exception("gone"))

    monkeypatch.setattr(session, "_access", Access(refuse))
    said = [str(Unreachable())]
    assert [each.value for each in end.run().info] == said
    assert not end.get("download_button")
    page.button(key="class.lesson.next").click().run()
    assert not page.exception
    assert [each.value for each in page.info] == said
    assert not classroom.read_board(code).lesson_step


def test_a_room_that_cannot_be_opened_is_said_to_the_teacher(
    classroom: Classroom, visit: Callable[..., AppTest], monkeypatch: pytest.MonkeyPatch
) -> None:
    page = visit(TEACHER)

    def refuse() -> Rooms:
        raise NewerDatabase("Kept by a later version.")

    monkeypatch.setattr(session, "_access", Access(refuse))
    page.button(key="class.open").click().run()
    assert [each.value for each in page.info] == ["Kept by a later version. The labs work without it."]
    page.text_input(key="class.code.door").set_value("ABCDE").run()
    assert [each.value for each in page.info] == ["Kept by a later version. The labs work without it."]


def test_a_class_sees_the_drawing_that_is_asked_about(
    classroom: Classroom, visit: Callable[..., AppTest]
) -> None:
    code = classroom.open_room(TEACHER)
    asked = classroom.ask(code, TEACHER, QUESTION, "mlp?sample=3")
    for app in (visit(LEARNER, room=code), visit(TEACHER)):
        assert f"class.drawing.{asked}" in sent(app)


def test_the_wall_shows_how_the_network_reads_the_drawings(
    classroom: Classroom, visit: Callable[..., AppTest]
) -> None:
    from dlviz.ui.inputs.digit import test_digit

    code = classroom.open_room(TEACHER)
    for sample, meant in ((0, 7), (1, 2), (2, 7)):  # the last one is a 1
        member = classroom.join(code, f"{sample}" * 43)
        classroom.share(member, DRAWING, f"{meant}.{digits.to_text(test_digit(sample)[0])}")
    said = [each.value for each in visit(TEACHER).markdown]
    assert "**3 drawings: SimpleCNN reads 2 as meant (67 %).**" in said


def test_the_curve_of_a_run_is_shown_by_its_owner_alone(
    classroom: Classroom, visit: Callable[..., AppTest], runs: Service, run: str
) -> None:
    tell(runs, run, start(), batch(1), batch(2), epoch(1, 0.5), batch(3), batch(4), epoch(2, 0.75))
    code = classroom.open_room(TEACHER)
    classroom.gather(code, TEACHER, RUN)
    assert "You have no run yet" in "".join(each.value for each in visit(OTHER, room=code).caption)
    owner = visit(MINE, room=code)
    owner.button(key="class.share.run.go").click().run()
    (shown,) = classroom.read_board(code).of_kind(RUN)
    assert shown.content == run
    assert "Yours is on the wall. Another one takes its place." in [each.value for each in owner.caption]
    session.look(Member(code, None), now=True)
    teacher = visit(TEACHER)
    (chart,) = teacher.get("plotly_chart")
    (curve,) = json.loads(chart.proto.spec)["data"]
    assert np.frombuffer(base64.b64decode(curve["y"]["bdata"])).tolist() == [0.5, 0.75]


def test_sentences_stand_beside_the_networks_verdict(
    classroom: Classroom, visit: Callable[..., AppTest]
) -> None:
    code = classroom.open_room(TEACHER)
    for number, sentence in enumerate(["the film was **not** good", "a wonderful film"]):
        classroom.share(classroom.join(code, f"{number}" * 43), SENTENCE, sentence)
    said = [each.value for each in visit(TEACHER).markdown]
    assert [each for each in said if each.startswith(r"- the film was \*\*not\*\* good → **negative, ")]
    assert [each for each in said if each.startswith("- a wonderful film → **positive, ")]


def test_who_comes_from_a_lab_to_ask_finds_the_ways_to_ask_above_the_last_question(
    classroom: Classroom, visit: Callable[..., AppTest]
) -> None:
    code = classroom.open_room(TEACHER)
    classroom.ask(code, TEACHER, QUESTION)

    def headings(app: AppTest) -> list[str]:
        headings = [each for each in app.main if isinstance(each, Header | Subheader)]
        return [each.value for each in headings if each.value in ("Which?", "Ask the class")]

    assert headings(visit(TEACHER)) == ["Which?", "Ask the class"]
    app = visit(TEACHER, ask="mlp")
    assert headings(app) == ["Ask the class", "Which?"]
    app.button(key="class.ask.mlp.lit").click().run()
    assert headings(app)[-1] == "Ask the class"  # the new question stands first
    assert "ask" not in app.query_params


def test_a_question_without_an_answer_says_so_before_it_is_asked(
    classroom: Classroom, visit: Callable[..., AppTest], monkeypatch: pytest.MonkeyPatch
) -> None:
    situation = Situation("mlp")
    asked = [QUESTION, replace(QUESTION, name="open", text="When?", answer=None, because="")]
    monkeypatch.setattr(asking, "find_questions", lambda _: (situation, asked))
    classroom.open_room(TEACHER)
    said = [each.value for each in visit(TEACHER).markdown]
    assert [each for each in said if asking.NO_ANSWER in each] == [f"When? {asking.NO_ANSWER}"]
    assert "Which?" in said


def test_a_learner_whose_drawing_was_taken_off_is_told(
    classroom: Classroom, visit: Callable[..., AppTest]
) -> None:
    code = classroom.open_room(TEACHER)
    app = visit(LEARNER, room=code)
    classroom.gather(code, TEACHER, SENTENCE)
    member = classroom.find_member(LEARNER)
    assert member is not None
    classroom.share(member, SENTENCE, "Something bad.")
    session.look(member, now=True)
    app.run()
    assert "Yours is on the wall. Another one takes its place." in [each.value for each in app.caption]
    classroom.take_off(code, TEACHER, classroom.read_board(code).shared[0].id)
    session.look(member, now=True)
    app.run()
    assert [each.value for each in app.info] == [sharing.TAKEN_OFF]
    assert "class.share.sentence.go" not in [each.key for each in app.button]


def lesson_of(classroom: Classroom, code: str) -> LessonPlan:
    return bring_lesson(classroom.read_board(code).lesson.encode())


def test_a_lesson_is_taught_step_by_step(classroom: Classroom, visit: Callable[..., AppTest]) -> None:
    code = classroom.open_room(TEACHER)
    teacher = visit(TEACHER)
    teacher.button(key="class.lesson.teach").click().run()
    teacher.button(key="class.lesson.step.2").click().run()
    board = classroom.read_board(code)
    assert (board.lesson_step, board.sent) == (
        2,
        f"convolution?kernel=edge&lesson={code}-2&lock=kernel%2Cpicture%2Cphotograph",
    )
    assert board.question is not None
    assert (board.question.question.name, board.question.question.answer) == ("size", "11×11")
    teacher.button(key="class.lesson.next").click().run()
    assert classroom.read_board(code).lesson_step == 3
    teacher.button(key="class.lesson.away").click().run()
    assert teacher.button(key="class.lesson.teach")


def test_a_step_that_asks_nothing_shows_its_text_to_all(
    classroom: Classroom, visit: Callable[..., AppTest]
) -> None:
    code = classroom.open_room(TEACHER)
    plan = LessonPlan("Two", (Step("mlp", "Count *them*.", question=QUESTION), Step("cnn", "Now draw.")))
    classroom.keep_lesson(code, TEACHER, write_lesson(plan).decode())
    learner, teacher = visit(LEARNER, room=code), visit(TEACHER)
    teacher.button(key="class.lesson.step.1").click().run()
    for app in (teacher, learner.run()):
        assert [each.value for each in app.header][-1] == "Which?"
        assert r"Count \*them\*." in [each.value for each in app.markdown]
    teacher.button(key="class.step.show_spread").click().run()
    assert [each.value for each in teacher.markdown].count(r"Count \*them\*.") == 1
    teacher.button(key="class.lesson.step.2").click().run()
    for app in (teacher, learner.run()):
        assert "Now draw." in [each.value for each in app.markdown]
        assert "Which?" not in [each.value for each in app.header]
        assert "You are in." not in [each.value for each in app.header]


@pytest.fixture
def taught(classroom: Classroom, visit: Callable[..., AppTest]) -> str:
    """The code of a room whose lesson is at its first step, a question that the CNN lab asks first too."""
    code = classroom.open_room(TEACHER)
    step = Step("cnn?sample=0", "Switch *off*.", question="without", lock=("off",))
    classroom.keep_lesson(code, TEACHER, write_lesson(LessonPlan("Two", (step, Step("mlp")))).decode())
    visit(TEACHER).button(key="class.lesson.step.1").click().run()
    return code


def test_a_step_of_the_class_stays_above_its_lab_when_the_page_is_loaded_again(
    classroom: Classroom, taught: str, visit: Callable[..., AppTest], opened: Open
) -> None:
    def texts(app: AppTest) -> str:
        return "\n".join(each.value for each in [*app.markdown, *app.info])

    sent = dict(read_situation(classroom.read_board(taught).sent).query)
    assert sent["lesson"] == f"{taught}-1"
    visit(OTHER)
    assert NOT_IN_CLASS in texts(opened("cnn", **sent))
    visit(LEARNER, room=taught)
    lab = opened("cnn", **sent)  # as a page that is loaded again is
    assert r"Switch \*off\*." in texts(lab)
    assert "step 1 of 2" in texts(lab)
    assert not {"lesson.next", "lesson.back"} & {each.key for each in lab.button}
    assert "prediction" not in "".join(each.proto.id for each in lab.get("bidi_component"))
    classroom.keep_lesson(taught, TEACHER, "")
    session.look(Member(taught, None), now=True)
    lab.run()
    assert "step 1 of 2" not in texts(lab)
    lab.button(key="lesson.unlock").click().run()  # whatever becomes of the lesson, there is a way out
    assert not [each for each in lab.button if each.key == "lesson.unlock"]


def test_who_is_asked_in_class_is_not_asked_the_same_by_the_lab(
    classroom: Classroom, visit: Callable[..., AppTest], opened: Open
) -> None:
    code = classroom.open_room(TEACHER)
    classroom.ask(code, TEACHER, QUESTION, "cnn?sample=0")
    visit(LEARNER, room=code)

    def is_asked(lab: str) -> bool:
        app = opened(lab, sample="0")
        return "prediction" in "".join(each.proto.id for each in app.get("bidi_component"))

    assert (is_asked("cnn"), is_asked("mlp")) == (False, True)
    classroom.show_truth(code, TEACHER)
    session.look(Member(code, None), now=True)
    assert is_asked("cnn")


def test_a_revealed_answer_is_shown_by_the_lab_that_it_leads_to(classroom: Classroom, taught: str) -> None:
    board = classroom.read_board(taught)
    assert board.question is not None
    asked = find_situation(board)
    assert asked is not None
    assert "off" not in dict(asked.query)
    classroom.show_truth(taught, TEACHER)
    revealed = find_situation(classroom.read_board(taught))
    assert revealed is not None
    query = dict(revealed.query)
    assert (query["panel"], query["lesson"], query["lock"]) == ("off", f"{taught}-1", "off")
    ((stage, maps),) = LAB.state_of(query).off.items()
    assert (stage, len(maps)) == ("conv_layers.8", board.question.question.answer)


def test_a_lesson_is_written_from_what_is_seen(
    classroom: Classroom, visit: Callable[..., AppTest], opened: Open
) -> None:
    code = classroom.open_room(TEACHER)
    visit(TEACHER)  # whose browser the labs are opened in, too
    for lab, query in (("convolution", {"stride": "2"}), ("gradients", {})):
        app = opened(lab, **query)
        app.button(key="class.lesson.add").click().run()
    assert [step.link for step in lesson_of(classroom, code).steps] == ["convolution?stride=2", "gradients"]

    def edit() -> AppTest:
        teacher = visit(TEACHER)
        teacher.session_state["class.lesson.change"] = True
        return teacher.run()

    def field(elements: Any, name: str) -> Any:
        (found,) = [each for each in elements if (each.key or "").endswith(f".{name}")]
        return found

    teacher = edit()
    field(teacher.text_input, "title").set_value("Steps")
    field(teacher.text_area, "text").set_value("Look at <b>this</b>.")
    field(teacher.selectbox, "question").set_value("size")
    field(teacher.multiselect, "lock").set_value(["stride"])
    field(teacher.button, "Save").click().run()
    first = Step("convolution?stride=2", "Look at <b>this</b>.", question="size", lock=("stride",))
    assert lesson_of(classroom, code) == LessonPlan("Steps", (first, Step("gradients")))
    field(edit().button, "Later").click().run()
    assert lesson_of(classroom, code).steps == (Step("gradients"), first)
    field(edit().button, "Remove").click().run()
    assert lesson_of(classroom, code).steps == (first,)
