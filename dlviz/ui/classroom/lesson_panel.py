"""The lesson that is taught in a room: its steps, the next one, and how it is written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from zlib import crc32

import streamlit as st

from dlviz.classroom.lesson_plan import (
    MOST_MINUTES,
    MOST_STEPS,
    TEXT,
    TITLE,
    LessonPlan,
    Step,
    open_step,
    write_lesson,
)
from dlviz.classroom.texts import OPTIONS, clean, write_question
from dlviz.questions import Choice, Question
from dlviz.ui.classroom import session
from dlviz.ui.classroom.computed import NotComputed, find_questions
from dlviz.ui.classroom.sent import read_situation
from dlviz.ui.lab import last_link
from dlviz.ui.labs import TITLES
from dlviz.ui.lesson_plans.home import choose_file
from dlviz.ui.lesson_plans.shipped import SHIPPED, bring_lesson, lab_fields, read_shipped, room_lesson
from dlviz.ui.server import owner_cookie
from dlviz.ui.session_cache import compute_once
from dlviz.ui.text_format.markdown import plain

if TYPE_CHECKING:
    from dlviz.classroom.board import Board
    from dlviz.classroom.store import Member

CHOSEN, FILE, EDITED = (f"class.lesson.{name}" for name in ("chosen", "file", "edited"))
NO_QUESTION, OWN_QUESTION = "", "own"


def show_next(who: Member, board: Board, shortcut: str | None = None) -> None:
    """Draw the button that puts the next step before the class, if there is one.

    Args:
        shortcut: a key that presses it.
    """
    plan = room_lesson(board)
    if plan and board.lesson_step < len(plan.steps):
        st.button(
            f"Next step of the lesson: {board.lesson_step + 1} of {len(plan.steps)}",
            key="class.lesson.next",
            type="primary" if shortcut else "secondary",
            icon=":material/skip_next:",
            shortcut=shortcut,
            on_click=_take_step,
            args=(who, board.lesson_step + 1),
        )


def lesson_version(board: Board) -> tuple[int, int]:
    """A mark that changes with a room's lesson, and with the place in it."""
    return crc32(board.lesson.encode()), board.lesson_step


def say_step(board: Board) -> Step | None:
    """Say which step of the lesson is before the class; the step, None if there is none."""
    plan = room_lesson(board)
    if plan is None or not 0 < board.lesson_step <= len(plan.steps):
        return None
    step = plan.steps[board.lesson_step - 1]
    st.caption(
        f"{plain(plan.title)} · step {board.lesson_step} of {len(plan.steps)} · "
        f"{TITLES[step.page]} · {step.minutes}\u00a0min"
    )
    return step


def show_step_text(step: Step | None) -> None:
    """Draw what is said and done at a step of the lesson."""
    if step and step.text:
        st.container(key="class-step-text").markdown(plain(step.text))


def add_what_i_see(who: Member, page: str) -> None:
    """Add the situation that this session has on screen to the end of the room's lesson."""
    board = session.look_at_press(who)
    if board is None:
        return
    plan = room_lesson(board) or LessonPlan("My lesson")
    if len(plan.steps) == MOST_STEPS:
        session.notify(f"A lesson has at most {MOST_STEPS} steps.")
        return
    _keep(who, replace(plan, steps=(*plan.steps, Step(last_link(page)))), board.lesson_step)
    session.notify(f"Step {len(plan.steps) + 1} of “{plan.title}” is what you see now.")


@st.fragment
@session.saying_away()
def show_lesson(who: Member) -> None:
    """Draw the room's lesson, or the ways to begin one."""
    board = session.look(who)
    if board is None:
        return
    st.subheader("A lesson", anchor=False)
    if plan := room_lesson(board):
        _show_plan(who, board, plan)
    else:
        _choose_lesson(who)


def _choose_lesson(who: Member) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.selectbox(
            "Lesson",
            SHIPPED,
            format_func=lambda name: f"{read_shipped(name).title}, {read_shipped(name).minutes} min",
            key=CHOSEN,
            label_visibility="collapsed",
            width=320,
        )
        st.button("Teach it", key="class.lesson.teach", on_click=_teach_shipped, args=(who,))
        panel = st.popover(
            "From a file", icon=":material/upload_file:", key="class.lesson.bring", on_change="rerun"
        )
    if panel.open:
        with panel:
            if plan := choose_file(FILE):
                title = f"Teach “{plain(plan.title)}”"
                st.button(title, key="class.lesson.own", on_click=_keep, args=(who, plan))
    st.caption(
        "Or write your own: in any lab, press **Add to the lesson** in the line at the foot of the window."
    )


def _teach_shipped(who: Member) -> None:
    _keep(who, read_shipped(st.session_state[CHOSEN]))


def _show_plan(who: Member, board: Board, plan: LessonPlan) -> None:
    st.markdown(f"**{plain(plan.title)}** · {plan.minutes} minutes")
    for number, step in enumerate(plan.steps, 1):
        with st.container(horizontal=True, vertical_alignment="center", wrap=False):
            now = number == board.lesson_step
            st.button(
                str(number),
                key=f"class.lesson.step.{number}",
                type="primary" if now else "secondary",
                help="Put this step before the class",
                on_click=_take_step,
                args=(who, number),
            )
            st.markdown(
                f"**{TITLES[step.page]}** · {step.minutes}\u00a0min · {plain(step.text) or 'No text yet.'}"
            )
    with st.container(horizontal=True):
        st.download_button(
            "Take it away",
            write_lesson(plan),
            "lesson.json",
            "application/json",
            icon=":material/download:",
            on_click="ignore",
        )
        st.button("Put it away", key="class.lesson.away", on_click=_put_away, args=(who,))
    fold = st.expander(
        "Change this lesson", icon=":material/edit:", key="class.lesson.change", on_change="rerun"
    )
    if fold.open:
        with fold:
            _edit(who, board, plan)


def _take_step(who: Member, number: int) -> None:
    board = session.look_at_press(who)
    plan = room_lesson(board) if board else None
    if plan is None or number > len(plan.steps):
        return
    step = plan.steps[number - 1]
    question = step.question if isinstance(step.question, Choice) else None
    situation = open_step(step, TITLES, f"{who.room}-{number}")
    try:
        if isinstance(step.question, str):
            situation, found = find_questions(situation)
            question = next((each for each in found if each.name == step.question), None)
            if question is None:
                session.notify("This lab does not ask the question of this step: ask another one below.")
    except NotComputed as problem:
        session.notify(str(problem))
    token = owner_cookie.token()
    session.change(
        who, lambda rooms: rooms.take_lesson_step(who.room, token, number, situation.link, question)
    )


def _keep(who: Member, plan: LessonPlan, step: int = 0) -> None:
    token, written = owner_cookie.token(), write_lesson(plan).decode()
    session.change(who, lambda rooms: rooms.keep_lesson(who.room, token, written, step))


def _put_away(who: Member) -> None:
    token = owner_cookie.token()
    session.change(who, lambda rooms: rooms.keep_lesson(who.room, token, ""))


def _edit(who: Member, board: Board, plan: LessonPlan) -> None:
    if not plan.steps:
        st.caption("This lesson has no step: add one from a lab.")
        return
    numbers = list(range(1, len(plan.steps) + 1))
    number = st.selectbox(
        "Step",
        numbers,
        index=min(st.session_state.get(EDITED, 1), len(numbers)) - 1,
        format_func=lambda each: f"{each}. {TITLES[plan.steps[each - 1].page]}",
    )
    st.session_state[EDITED] = number
    step = plan.steps[number - 1]
    # What is typed belongs to this step as it is stored: one that has changed gets new fields.
    place = f"class.lesson.edit.{number}.{crc32(write_lesson(LessonPlan(plan.title, (step,))))}"
    title = st.text_input("Title of the lesson", plan.title, max_chars=TITLE, key=f"{place}.title")
    text = st.text_area("What to say, and what to do", step.text, max_chars=TEXT, key=f"{place}.text")
    minutes = st.number_input("Minutes", 1, MOST_MINUTES, step.minutes, key=f"{place}.minutes", width=160)
    question = _choose_question(step, place)
    fields = sorted(lab_fields(step.page))
    lock = st.multiselect("Locked: seen, not changed", fields, [*step.lock], key=f"{place}.lock")
    hide = st.multiselect("Hidden", fields, [*step.hide], key=f"{place}.hide")
    with st.container(horizontal=True):

        def change(label: str, icon: str, make: Callable[[], LessonPlan], disabled: bool = False) -> None:
            if st.button(label, key=f"{place}.{label}", icon=f":material/{icon}:", disabled=disabled):
                _try_change(who, board, make)

        def swap(other: int) -> LessonPlan:
            steps = list(plan.steps)
            steps[number - 1], steps[other - 1] = steps[other - 1], steps[number - 1]
            st.session_state[EDITED] = other
            return replace(plan, steps=tuple(steps))

        def save() -> LessonPlan:
            held = {"lock": tuple(lock), "hide": tuple(hide)}
            written = replace(
                step, text=clean(text or "", TEXT), minutes=int(minutes), question=question(), **held
            )
            steps = tuple(written if each == number else old for each, old in enumerate(plan.steps, 1))
            return bring_lesson(write_lesson(LessonPlan(clean(title, TITLE), steps)))

        change("Save", "save", save)
        change("Earlier", "arrow_upward", lambda: swap(number - 1), number == 1)
        change("Later", "arrow_downward", lambda: swap(number + 1), number == len(numbers))
        change(
            "Remove",
            "delete",
            lambda: replace(plan, steps=(*plan.steps[: number - 1], *plan.steps[number:])),
        )


def _try_change(who: Member, board: Board, make: Callable[[], LessonPlan]) -> None:
    try:
        plan = make()
    except ValueError as problem:  # a bad lesson, or a bad question of one's own
        st.error(plain(str(problem)))
        return
    _keep(who, plan, min(board.lesson_step, len(plan.steps)))
    st.rerun(scope="app")


def _choose_question(step: Step, place: str) -> Callable[[], str | Choice | None]:
    """Draw the choice of a step's question; what gives the question that is chosen, or raises ValueError."""
    try:
        link = step.link
        found: dict[str, Question[Any]] = compute_once(
            "class.lesson.questions",
            (link,),
            lambda: {each.name: each for each in find_questions(read_situation(link))[1]},
        )
    except NotComputed:
        found = {}
    own = step.question if isinstance(step.question, Choice) else None
    names = {NO_QUESTION: "None", **{name: each.text for name, each in found.items()}, OWN_QUESTION: "My own"}
    now = step.question or NO_QUESTION if isinstance(step.question, str | None) else OWN_QUESTION
    chosen = st.selectbox(
        "Question",
        list(names),
        list(names).index(now) if now in names else 0,
        format_func=names.__getitem__,
        key=f"{place}.question",
    )
    if chosen != OWN_QUESTION:
        return lambda: chosen or None
    text = st.text_input("Your question", own.text if own else "", max_chars=300, key=f"{place}.own")
    options = st.text_area(
        f"2 to {OPTIONS} answers to choose from, one a line",
        "\n".join(own.options if own else ()),
        max_chars=600,
        key=f"{place}.options",
    )
    return lambda: write_question(text, options.splitlines())
