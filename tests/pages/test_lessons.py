"""Lessons walked through alone, and what they lock."""

import json
from urllib.parse import parse_qsl

import pytest
from streamlit.testing.v1 import AppTest

from dlviz.classroom.lesson_plan import LessonPlan, Step, write_lesson
from dlviz.ui.components.own_lesson import KEY
from dlviz.ui.lesson_plans.shipped import SHIPPED, read_shipped
from dlviz.ui.lesson_plans.walk import BROUGHT, NOT_KEPT, WANTED
from tests.pages.conftest import Open


def component(app: AppTest, key: str) -> dict:
    """Data that a component is sent."""
    for each in app.get("bidi_component"):
        if key in each.proto.id:
            return json.loads(each.proto.json)
    raise AssertionError(key)


def address(app: AppTest, lab: str) -> dict[str, str]:
    """The address of a lab, as the browser is told to show it."""
    return dict(parse_qsl(component(app, f"{lab}.address")["query"]))


def read_texts(app: AppTest) -> str:
    return "\n".join(each.value for each in [*app.markdown, *app.info, *app.caption, *app.error])


@pytest.mark.parametrize("name", SHIPPED)
def test_each_step_of_a_lesson_that_ships_opens_its_lab(opened: Open, name: str) -> None:
    steps = read_shipped(name).steps
    app = opened()
    app.button(key=f"lessons.{name}").click().run()
    for number, step in enumerate(steps, 1):
        assert not app.exception
        assert f"step {number} of {len(steps)}" in read_texts(app)
        told = address(app, step.page)
        assert told["lesson"] == f"{name}-{number}"
        assert told.get("lock", "") == ",".join(step.lock)
        assert "not understood" not in read_texts(app)
        assert "does not ask the question" not in read_texts(app)
        if number < len(steps):
            app.button(key="lesson.next").click().run()
    app.button(key="lesson.leave").click().run()
    assert "step " not in "".join(each.value for each in app.markdown if "min" in each.value)
    assert "lesson" not in address(app, steps[-1].page)


def test_a_lesson_is_gone_back_in_and_its_step_is_as_it_was(opened: Open) -> None:
    app = opened("cnn", lesson="cnn-2")
    assert "step 2 of 8" in read_texts(app)
    app.number_input(key="convolution.stride").set_value(3).run()
    app.button(key="lesson.next").click().run()
    app.button(key="lesson.back").click().run()
    assert app.number_input(key="convolution.stride").value == 1


def test_a_step_asks_anew_what_was_predicted_or_put_away_before(opened: Open) -> None:
    app = opened("block")
    flags = ["looks", "closed", "order.kept", "order.closed"]
    for flag in flags:
        app.session_state[f"block.prediction.{flag}"] = True
    app.session_state[WANTED] = "attention", 5
    app.run()
    assert component(app, "block.prediction.lesson.attention.5")["question"]["name"] == "stays"
    assert [flag for flag in flags if f"block.prediction.{flag}" in app.session_state] == []


def test_a_locked_control_keeps_the_value_of_the_lesson(opened: Open) -> None:
    app = opened("convolution", stride="2", dilation="2", lock="stride", hide="padding")
    assert component(app, "locks") == {
        "locked": ["convolution.stride"],
        "hidden": ["convolution.padding"],
    }
    app.number_input(key="convolution.stride").set_value(5)  # as a browser may send it in any case
    app.number_input(key="convolution.padding").set_value(3)
    app.number_input(key="convolution.dilation").set_value(4).run()
    values = [app.number_input(key=f"convolution.{name}").value for name in ("stride", "padding", "dilation")]
    assert values == [2, 0, 4]
    assert address(app, "convolution") == {
        "stride": "2",
        "dilation": "4",
        "lock": "stride",
        "hide": "padding",
    }
    app.button(key="lesson.unlock").click().run()
    app.number_input(key="convolution.stride").set_value(5).run()
    assert address(app, "convolution") == {"stride": "5", "dilation": "4"}


def test_a_typed_change_of_what_a_lesson_locks_is_put_back(opened: Open) -> None:
    """The lesson of the address decides; what else it says is the learner's."""
    app = opened("convolution", lesson="cnn-2", kernel="box", stride="3", lock="dilation")
    told = address(app, "convolution")
    assert (told.get("kernel"), told["stride"], told["lock"]) == (
        None,
        "3",
        "kernel,picture,photograph",
    )  # the lesson's kernel is the one that the lab opens with
    assert app.session_state["convolution.kernel"] == "edge"


@pytest.mark.parametrize("place", ["nonsense", "cnn-99", "cnn-0", "../cnn", "cnn-" + "9" * 300])
def test_an_unknown_lesson_is_said_and_the_lab_opens(opened: Open, place: str) -> None:
    app = opened("convolution", lesson=place)
    assert "There is no lesson of this name here" in read_texts(app)
    assert app.number_input(key="convolution.stride")


def test_what_a_lab_does_not_know_locks_nothing(opened: Open) -> None:
    app = opened("convolution", lock="nonsense,<b>,stride")
    app.number_input(key="convolution.stride").set_value(5).run()
    assert app.number_input(key="convolution.stride").value == 1


def test_texts_of_a_lesson_are_shown_as_they_were_typed(opened: Open) -> None:
    app = opened()
    app.session_state[BROUGHT] = LessonPlan("**T**", (Step("mlp", "<b>![x](http://elsewhere)"),))
    app.session_state[WANTED] = "own", 1
    app.run()
    assert r"\*\*T\*\*" in read_texts(app)
    assert r"<b>!\[x\](" in read_texts(app)
    assert address(app, "mlp")["lesson"] == "own-1"


OWN_PLAN = LessonPlan("Mine", (Step("mlp"), Step("convolution", "Look.", lock=("stride",))))


def tell_what_is_kept(app: AppTest, lesson: str) -> None:
    """Answer for the browser that is asked for the lesson that it keeps."""
    app.session_state[KEY] = {"kept": [lesson, component(app, KEY)["asks"]]}
    app.run()


def test_a_lesson_from_a_file_is_kept_by_the_browser_and_gone_on_with(opened: Open) -> None:
    app = opened()
    app.session_state[BROUGHT] = OWN_PLAN
    app.session_state[WANTED] = "own", 2
    app.run()
    kept = component(app, KEY)["lesson"]
    assert kept == write_lesson(OWN_PLAN).decode()
    told = address(app, "convolution")
    assert told == {"lesson": "own-2", "lock": "stride"}

    again = opened("convolution", **told, kernel="box")  # the page is loaded again
    again.number_input(key="convolution.stride").set_value(5).run()
    assert again.number_input(key="convolution.stride").value == 1  # locked already
    tell_what_is_kept(again, kept)
    assert "step 2 of 2" in read_texts(again)
    assert address(again, "convolution") == {"kernel": "box", **told}
    again.button(key="lesson.leave").click().run()
    assert address(again, "convolution") == {"kernel": "box"}


@pytest.mark.parametrize(
    "kept", ["", "{}", "\ud800", write_lesson(LessonPlan("One", (Step("mlp"),))).decode(), "x" * 300_000]
)
def test_a_lesson_that_the_browser_does_not_keep_is_said(opened: Open, kept: str) -> None:
    app = opened("convolution", lesson="own-2")
    tell_what_is_kept(app, kept)
    assert NOT_KEPT in read_texts(app)
    assert "lesson" not in address(app, "convolution")
