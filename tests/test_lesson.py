import inspect
from dataclasses import dataclass

import pytest
from streamlit.testing.v1 import AppTest

from dlviz.ui import lesson


@dataclass(frozen=True)
class NoState:
    """A lab in which nothing can be chosen."""


LABS = sorted(file.stem for file in lesson.LESSONS.glob("*.md"))


@pytest.mark.parametrize("lab", LABS)
def test_a_lesson_is_a_title_one_question_three_steps_and_words(lab: str) -> None:
    text = lesson.read(lab)
    assert text.title
    assert "\n" not in text.title
    for opening in (text, *text.openings.values()):
        assert opening.question.endswith("?")
        assert opening.question.count("?") == 1
        assert len(opening.steps) == 3
        assert all(len(step.split()) <= 40 for step in opening.steps)
    assert all(line.startswith("- **") for line in text.words.splitlines())


@pytest.mark.parametrize("lab", LABS)
def test_the_opening_shows_the_question_and_the_steps_by_number(lab: str) -> None:
    def page(lab: str) -> None:
        from dlviz.ui import lesson
        from dlviz.ui.lab import Lab
        from tests.test_lesson import NoState

        lesson.opening(Lab(lab, NoState))
        lesson.words(Lab(lab, NoState))

    app = AppTest.from_function(page, args=(lab,)).run()
    text = lesson.read(lab)
    assert [header.value for header in app.header] == [text.question]
    *steps, words = (markdown.value for markdown in app.markdown)
    assert steps == [f"**{number}** {step}" for number, step in enumerate(text.steps, 1)]
    assert words == text.words


def asked() -> None:
    """A lab that counts how often its questions are computed."""
    import streamlit as st

    from dlviz.questions import Choice
    from dlviz.ui import lesson
    from dlviz.ui.lab import Lab
    from tests.test_lesson import NoState

    def questions() -> list[Choice]:
        st.session_state["computed"] = st.session_state.get("computed", 0) + 1
        answer = st.session_state.get("answer", "7")
        return [
            Choice(
                name="size",
                text="How large?",
                options=["3", "7"],
                answer=answer,
                hints=["Count them.", "There are more than five."],
                because=f"It is {answer}.",
            ),
            Choice(
                name="kind",
                text="What kind?",
                options=["a", "b"],
                answer="a",
                hints=["Look again.", "It is the first."],
                because="So it is.",
            ),
        ]

    lesson.predict(Lab("tea", NoState), questions)


@pytest.fixture
def unfolded() -> AppTest:
    app = AppTest.from_function(asked)
    app.session_state["tea.predict"] = True
    return app.run()


def test_questions_are_computed_only_when_they_are_unfolded() -> None:
    app = AppTest.from_function(asked).run()
    assert not app.radio
    assert "computed" not in app.session_state


def test_nothing_is_said_before_an_answer_is_chosen(unfolded: AppTest) -> None:
    assert [radio.value for radio in unfolded.radio] == [None, None]
    assert not unfolded.success
    assert not unfolded.info


def test_a_right_answer_is_confirmed_with_its_reason(unfolded: AppTest) -> None:
    unfolded.radio[0].set_value("7").run()
    assert [success.value for success in unfolded.success] == ["Yes. It is 7."]
    assert not unfolded.info


def test_a_wrong_answer_gives_neither_the_answer_nor_a_hint_that_nobody_asked_for(unfolded: AppTest) -> None:
    unfolded.radio[0].set_value("3").run()
    assert [info.value for info in unfolded.info] == ["Not yet."]
    assert not unfolded.success


def test_hints_come_on_request_in_two_stages(unfolded: AppTest) -> None:
    seen = [[caption.value for caption in unfolded.caption]]
    while (left := [each for each in unfolded.button if each.key == "tea.question.size.hint"]) != []:
        left[0].click().run()
        seen.append([caption.value for caption in unfolded.caption])
    assert seen == [[], ["Count them."], ["Count them.", "There are more than five."]]


def test_a_chosen_answer_is_checked_against_what_is_right_now(unfolded: AppTest) -> None:
    unfolded.radio[0].set_value("7").run()
    unfolded.session_state["answer"] = "3"
    unfolded.run()
    assert [info.value for info in unfolded.info] == ["Not yet."]


def sourced() -> None:
    import streamlit as st

    from dlviz.trace import switch_off
    from dlviz.ui import lesson
    from dlviz.ui.lab import Lab
    from tests.test_lesson import NoState

    def show_script() -> None:
        st.session_state["written"] = True
        lesson.offer_script("tea.py", "print(1)")

    lesson.code(Lab("tea", NoState), lambda: [switch_off, lesson.Lesson], show_script)


def test_the_code_is_written_only_when_it_is_unfolded() -> None:
    app = AppTest.from_function(sourced).run()
    assert not app.code
    assert "written" not in app.session_state


def test_the_unfolded_code_is_the_very_source_that_ran() -> None:
    from dlviz.trace import switch_off

    app = AppTest.from_function(sourced)
    app.session_state["tea.code"] = True
    app.run()
    sources = [inspect.getsource(thing).rstrip() for thing in (switch_off, lesson.Lesson)]
    assert [code.value.rstrip() for code in app.code] == sources
    (button,) = app.get("download_button")
    assert button.proto.url.endswith(".py")
    assert app.session_state["written"]
