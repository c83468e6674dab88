"""A learner's way through a lesson, alone or behind a teacher: above each page the step, and the way out."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import TYPE_CHECKING

import streamlit as st

from dlviz.classroom.codes import read_code
from dlviz.classroom.lesson_plan import write_lesson
from dlviz.classroom.links import read_link
from dlviz.classroom.place import Unreachable
from dlviz.questions import Choice
from dlviz.ui import lesson, prediction
from dlviz.ui.classroom import session
from dlviz.ui.components.locks import lock_controls
from dlviz.ui.components.own_lesson import ask_browser, keep_in_browser
from dlviz.ui.lab import follow_link
from dlviz.ui.labs import TITLES
from dlviz.ui.lesson_plans.shipped import SHIPPED, bring_lesson, find_lab, read_shipped, room_lesson
from dlviz.ui.locks import (
    ASKED,
    LESSON,
    PARAMETERS,
    PLACE,
    Lock,
    active_lock,
    control_keys,
    is_new,
    put_lock,
    read_lock,
)
from dlviz.ui.session_cache import compute_once
from dlviz.ui.text_format.markdown import plain

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dlviz.classroom.lesson_plan import LessonPlan, Step

OWN = "own"  # the name of a lesson that was brought in, which the learner's browser keeps
NOW, BROUGHT, WANTED, NOTICE = (f"lesson.{name}" for name in ("now", "brought", "wanted", "notice"))
AWAITED = "lesson.awaited"  # the step of it that an address asks for, until the browser has told the lesson
UNKNOWN = "There is no lesson of this name here, or it has no such step."
NOT_KEPT = "This lesson came from a file, and this browser does not keep it: open the file on the start page."
NOT_IN_CLASS = "This is a step of a lesson that is taught in a class: join it to see the step’s text."
# `cnn`, or `cnn-3` for its third step; `K7M2P-3` for that of the lesson of a room.
PLACES = re.compile(r"([a-z]{1,20}|[A-Z0-9]{5})(?:-(\d{1,3}))?")


def walk(page: str) -> None:
    """Follow what the learner has asked for, and draw the line of the lesson above a page.

    Args:
        page: its name in the address.
    """
    _follow_address(page)
    _follow_browser(page)
    _follow_press(page)
    st.session_state[ASKED] = ""
    # There even while it is empty: the page below is not made anew when a lesson begins.
    with st.container(key="lesson-bar"):
        if notice := st.session_state.pop(NOTICE, ""):
            st.info(notice, icon=":material/link_off:")
        plan = present_plan()
        if plan:
            if st.session_state[NOW][0] == OWN:
                keep_in_browser(write_lesson(plan).decode())
            _show_step(plan, st.session_state[NOW][1], page)
        if lock := active_lock(page):
            if not plan:  # else the lesson's own line has the way out
                _show_way_out()
            lock_controls(page, control_keys(page, lock.locked), control_keys(page, lock.hidden))
    step = plan.steps[st.session_state[NOW][1] - 1] if plan else None
    if (step and step.question and step.page == page) or _is_asked_in_class(page):
        st.session_state[ASKED] = page


def _is_asked_in_class(page: str) -> bool:
    """True for a learner while the class is asked about this lab: a prediction here is no answer there."""
    with suppress(Unreachable):
        who = session.member()
        board = session.look(who) if who and not who.teaches else None
        asked = board.question if board else None
        return asked is not None and not asked.truth and asked.link.partition("?")[0] == page
    return False


def present_plan() -> LessonPlan | None:
    """The lesson that this session walks through, if it does."""
    now = st.session_state.get(NOW)
    plan = _find_plan(now[0]) if now else None
    # A teacher may take steps out.
    return plan if plan and now and now[1] <= len(plan.steps) else None


def start(name: str, step: int = 1) -> None:
    """Begin a lesson that ships, at a step counted from 1, in the run that follows."""
    st.session_state[WANTED] = name, step


def start_own(plan: LessonPlan) -> None:
    """Begin a lesson that was brought in, in the run that follows."""
    st.session_state[BROUGHT] = plan
    start(OWN)


def leave() -> None:
    """Leave the lesson; all controls are free again."""
    st.session_state[NOW] = None
    st.session_state[PLACE] = ""
    put_lock(None)


def _find_plan(name: str) -> LessonPlan | None:
    if name == OWN:
        return st.session_state.get(BROUGHT)
    return read_shipped(name) if name in SHIPPED else _find_taught(name)


def _is_room(name: str) -> bool:
    return name != "" and read_code(name) == name


def _find_taught(room: str) -> LessonPlan | None:
    """The lesson of a room, for who is in it."""
    with suppress(Unreachable):
        who = session.member()
        board = session.look(who) if who and who.room == room else None
        return room_lesson(board) if board else None
    return None


def _follow_address(page: str) -> None:
    query = {name: st.query_params[name] for name in st.query_params}
    said = {name: query[name] for name in PARAMETERS if name in query}
    if said and is_new(said):
        follow(page, query)


def follow(page: str, query: Mapping[str, str]) -> None:
    """Be at the step of a lesson that an address says, and hold what it locks and hides."""
    put_lock(read_lock(page, query))
    if LESSON not in query:
        return
    match = PLACES.fullmatch(query[LESSON])
    name, step = (match[1], int(match[2] or 1)) if match else ("", 1)
    # An address with a situation of its own keeps it: the learner has loaded the page again.
    opens = query.keys() <= {*PARAMETERS}
    if name == OWN and BROUGHT not in st.session_state:
        st.session_state[AWAITED] = step, opens
        st.session_state[PLACE] = query[LESSON]
    else:
        _go_to(name, step, opens, page, NOT_IN_CLASS if _is_room(name) else UNKNOWN)


def is_at(query: Mapping[str, str]) -> bool:
    """True if this session is at the step of a lesson that an address says."""
    return LESSON in query and query[LESSON] == st.session_state.get(PLACE)


def _follow_browser(page: str) -> None:
    """Go on with the lesson that was brought in before the page was loaded again."""
    if AWAITED not in st.session_state or (kept := ask_browser()) is None:
        return
    step, opens = st.session_state.pop(AWAITED)
    st.session_state[PLACE] = ""
    with suppress(ValueError):  # what a browser keeps may be anything: a bad lesson, or no text at all
        st.session_state[BROUGHT] = bring_lesson(kept.encode())
    _go_to(OWN, step, opens, page, NOT_KEPT)


def _go_to(name: str, step: int, opens: bool, page: str, otherwise: str) -> None:
    """Be at a step of a lesson, if there is one.

    Args:
        opens: open its situation too.
        otherwise: said if there is none.
    """
    plan = _find_plan(name)
    if plan is None or not 1 <= step <= len(plan.steps):
        st.session_state[NOTICE] = otherwise
    elif opens:
        _open_step(name, step, page)
    else:
        _be_at(name, step)


def _follow_press(page: str) -> None:
    if wanted := st.session_state.pop(WANTED, None):
        name, number = wanted
        _open_step(name, number, page)


def _be_at(name: str, number: int) -> Step | None:
    """Be at a step, whose controls are locked from now on."""
    plan = _find_plan(name)
    if plan is None or not 1 <= number <= len(plan.steps):
        return None
    step = plan.steps[number - 1]
    st.session_state[NOW] = name, number
    st.session_state[PLACE] = f"{name}-{number}"
    query = dict(read_link(step.link, TITLES).query)
    put_lock(Lock(step.page, step.lock, step.hide, query) if step.lock or step.hide else None)
    return step


def _open_step(name: str, number: int, page: str) -> None:
    step = _be_at(name, number)
    if step is None:
        return
    follow_link(step.link)
    prediction.ask_anew(step.page)
    if step.page != page:
        st.switch_page(f"{step.page}.py")


def _show_step(plan: LessonPlan, number: int, page: str) -> None:
    step, last = plan.steps[number - 1], len(plan.steps)
    name = st.session_state[NOW][0]
    taught = _is_room(name)  # there the teacher goes on and asks
    here = "here" if page == step.page else "elsewhere"
    with st.container(border=True, key=f"lesson-step-{here}"):
        with st.container(horizontal=True, vertical_alignment="center"):
            about = f"step {number} of {last} · {TITLES[step.page]} · {step.minutes}\u00a0min"
            st.markdown(f"**{plain(plan.title)}** · {about}")
            if page != step.page:
                st.button("Open this step", key="lesson.open", on_click=start, args=(name, number))
            if number > 1 and not taught:
                st.button("Back", key="lesson.back", on_click=start, args=(name, number - 1))
            if number < last and not taught:
                st.button("Next", key="lesson.next", type="primary", on_click=start, args=(name, number + 1))
            st.button(
                "Leave the lesson" if number < last or taught else "End the lesson",
                key="lesson.leave",
                type="tertiary",
                on_click=leave,
            )
        if step.text:
            st.markdown(plain(step.text))
        if page == step.page and not taught:
            _ask(step, f"lesson.{name}.{number}")


def _ask(step: Step, place: str) -> None:
    """Ask a step's question right under its text, however far below the lab's picture is."""
    if isinstance(step.question, Choice):
        options = step.question.options
        chosen = st.radio(
            plain(step.question.text),
            options,
            index=None,
            format_func=plain,
            horizontal=True,
            key=f"{place}.own",
        )
        if chosen:
            st.caption("Say why, before you go on.")
    elif step.question:
        from dlviz.ui.classroom.computed import NotComputed, find_questions

        try:
            situation, found = compute_once(
                "lesson.asked", (step.link,), lambda: find_questions(read_link(step.link, TITLES))
            )
        except NotComputed as problem:
            st.caption(plain(str(problem)))
            return
        question = next((each for each in found if each.name == step.question), None)
        if question is None:
            st.caption("This lab does not ask the question of this step.")
        elif isinstance(question, Choice) and not question.shows:
            lesson.ask_choice(place, question)
        else:
            prediction.ask_first(
                find_lab(step.page),
                question.without_answer,
                lambda: question,
                place,
                situation=dict(situation.query),
            )


def _show_way_out() -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(":material/lock: Some controls are locked for this lesson.")
        st.button("Leave the lesson", key="lesson.unlock", type="tertiary", on_click=leave)
