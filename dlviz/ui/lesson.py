"""Everything around a lab's picture: the question, the steps, the code, the questions to the learner."""

import inspect
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import streamlit as st

from dlviz.paths import ASSETS
from dlviz.questions import Choice
from dlviz.ui import tours
from dlviz.ui.components.tour import show_tour
from dlviz.ui.lab import Lab

LESSONS = ASSETS / "lessons"
TEMPLATES_NAME = "script.py"  # of a script in the lines on how to run it, until it has its file's name
# Files that a script needs beside it: name -> what gives the content.
ScriptFiles = Mapping[str, Callable[[], bytes]]
CLAIM = re.compile(r" *<!-- (.*?) -->")  # at the end of a line: names of its claims, each with a test


@dataclass(frozen=True)
class Opening:
    """The one question that a lab answers, and three things to try."""

    question: str
    steps: list[str]


@dataclass(frozen=True)
class Lesson(Opening):
    """A lab's text: its title, its usual opening, what the words mean, and its openings in other situations.

    Args:
        openings: situation, such as `a run` -> the opening there.
    """

    title: str
    words: str
    openings: Mapping[str, Opening]


@st.cache_data
def read(lab: str) -> Lesson:
    """The text of `assets/lessons/<lab>.md`: a title, the question, then the sections Try and Words.

    Between them may stand sections such as `Try with a run`: a question and three steps where that is on
    screen. A line that claims something ends in a comment with the names of its claims, which no learner
    sees: `tests/lessons/` has a test for each.
    """
    text = CLAIM.sub("", (LESSONS / f"{lab}.md").read_text(encoding="utf-8"))
    head, words = text.split("\n## Words\n")
    first, *others = head.removeprefix("# ").split("\n## Try with ")
    title, first = first.split("\n", 1)
    usual = _opening(first.replace("## Try\n", ""))
    openings = {situation: _opening(rest) for situation, rest in (other.split("\n", 1) for other in others)}
    return Lesson(usual.question, usual.steps, title, words.strip(), openings)


def _opening(text: str) -> Opening:
    question, *steps = filter(None, text.splitlines())
    return Opening(question, [step.split(". ", 1)[1] for step in steps])


def opening(lab: Lab, situation: str = "") -> None:
    """The lab's question as the page's heading, its tour on request, and three things to try.

    Args:
        situation: what is on screen, such as `a run`, where the lesson may have an opening of its own.
    """
    lesson = read(str(lab))
    shown = lesson.openings.get(situation, lesson)
    heading(shown.question, str(lab), lab.follow, lab.follow_with)
    with st.container(key="steps"):
        for column, (number, step) in zip(st.columns(3), enumerate(shown.steps, 1), strict=True):
            column.markdown(f"**{number}** {step}")


def heading(text: str, page: str, *follow: Callable[..., object]) -> None:
    """A page's heading, and beside it the page's tour on request.

    Args:
        follow: open a situation, and change one, as `show_tour` says; nothing where there is none.
    """
    with st.container(key="question", horizontal=True, vertical_alignment="center"):
        st.header(text, anchor=False, width="content")
        if tour := tours.read(page):
            show_tour(page, tour.parts, tour.steps, *follow)


class Asked(Protocol):
    """A lab's module `questions`: what is asked about the passes on screen, and the code that made them.

    Each function takes what the page gives to `footer`: the passes, and the lab's state.
    """

    @property
    def questions(self) -> Callable[..., Sequence[Choice]]:
        """To predict before looking, answered from the passes."""
        ...

    @property
    def shown_code(self) -> Callable[..., Sequence[Callable | type]]:
        """The functions and classes that ran, whose source is shown."""
        ...

    @property
    def script(self) -> Callable[..., str]:
        """A script of plain PyTorch that computes the numbers on screen again."""
        ...

    @property
    def script_name(self) -> Callable[..., str]:
        """The name of the script's file."""
        ...


def footer(lab: Lab, asked: Asked, passes: Any, state: Any) -> None:
    """Show what stands below every lab's pictures: questions, the code behind them, and what the words mean.

    Args:
        asked: the lab's module `questions`.
        passes: what `forward` gave; where it is empty or None, the words alone are shown.
    """
    if passes:
        predict(lab, lambda: asked.questions(passes, state))
        code(
            lab,
            lambda: asked.shown_code(passes, state),
            lambda: offer_script(
                asked.script_name(passes, state),
                asked.script(passes, state),
                # A lab whose scripts need no weights leaves it out.
                getattr(asked, "script_files", lambda *_: {})(passes, state),
            ),
        )
    words(lab)


def words(lab: Lab) -> None:
    """Meanings of the lab's words, folded away."""
    with st.expander("What the words mean", icon=":material/menu_book:"):
        st.markdown(read(str(lab)).words)


def code(
    lab: Lab, objects: Callable[[], Sequence[Callable | type]], show_script: Callable[[], object]
) -> None:
    """The source of what ran, folded away, and a script of plain PyTorch with the numbers on screen.

    Args:
        show_script: offers the script, where there is one.
    """
    label, icon = "The code behind the picture", ":material/code:"
    panel = st.expander(label, icon=icon, key=f"{lab}.code", on_change="rerun")
    if not panel.open:
        return
    with panel:
        show_script()
        for thing in objects():
            st.code(inspect.getsource(thing), language="python")


def offer_script(
    name: str,
    script: str,
    files: ScriptFiles | None = None,
    packages: str = "torch safetensors numpy",
) -> None:
    """Buttons for a script and for the files that it needs beside it, and how to run it with them.

    Args:
        packages: to install for it.
    """
    script, files = script.replace(TEMPLATES_NAME, name), files or {}
    with st.container(horizontal=True):
        st.download_button(
            "Run it yourself: a plain PyTorch script", script, name, "text/x-python", on_click="ignore"
        )
        for file, read in files.items():
            st.download_button(f"It reads {file}", read, file, on_click="ignore")
    if files:
        command = " ".join(["python", name, *files])
        st.caption(
            f"Save them in one folder, open a terminal there, and run `pip install {packages}`, "
            f"then `{command}`."
        )


def predict(lab: Lab, questions: Callable[[], Sequence[Choice]]) -> None:
    """The lab's questions, each checked as soon as an answer is chosen; computed when they are unfolded."""
    label, icon = "Predict, then check", ":material/psychology_alt:"
    panel = st.expander(label, icon=icon, key=f"{lab}.predict", on_change="rerun")
    if not panel.open:
        return
    with panel:
        for question in questions():
            ask_choice(str(lab), question)


def ask_choice(place: str, question: Choice) -> None:
    """Ask a question that is checked as soon as an answer is chosen, with hints on request.

    Args:
        place: where it is asked, such as a lab's name.
    """
    key = f"{place}.question.{question.name}"
    chosen = st.radio(question.text, question.options, index=None, horizontal=True, key=key)
    if chosen == question.answer:
        st.success(f"Yes. {question.because}", icon=":material/check:")
        return
    if chosen is not None:
        st.info("Not yet.", icon=":material/replay:")
    given = st.session_state.get(f"{key}.hints", 0)
    for hint in question.hints[:given]:
        st.caption(hint)
    if given < len(question.hints):
        label = "Another hint" if given else "Hint"
        icon = ":material/lightbulb:"
        st.button(label, key=f"{key}.hint", icon=icon, on_click=_give_hint, args=(key,), type="tertiary")


def _give_hint(key: str) -> None:
    st.session_state[f"{key}.hints"] = st.session_state.get(f"{key}.hints", 0) + 1
