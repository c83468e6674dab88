"""Lessons on the start page: those that ship, and one from a file."""

from __future__ import annotations

import streamlit as st

from dlviz.classroom.lesson_plan import LARGEST, BadLesson, LessonPlan
from dlviz.ui.lesson_plans.shipped import SHIPPED, bring_lesson, read_shipped
from dlviz.ui.lesson_plans.walk import start, start_own
from dlviz.ui.text_format.markdown import plain
from dlviz.ui.text_format.numbers import counted

FILE = "lessons.file"


def show_lessons() -> None:
    """Draw a row of lessons to walk through alone."""
    with st.container(key="lessons"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.subheader("Lessons", anchor=False, width="content")
            st.caption("Through several labs, step by step: predict, see, explain. Leave at any time.")
            panel = st.popover(
                "From a file", icon=":material/upload_file:", key="lessons.bring", on_change="rerun"
            )
        for name, column in zip(SHIPPED, st.columns(len(SHIPPED)), strict=True):
            plan = read_shipped(name)
            with column.container(border=True, height="stretch"):
                st.markdown(
                    f"**{plan.title}**  \n{plan.minutes} minutes · {counted(len(plan.steps), 'step')}"
                )
                st.button("Start", key=f"lessons.{name}", on_click=start, args=(name,))
        if panel.open:
            with panel:
                _bring()


def choose_file(key: str) -> LessonPlan | None:
    """Draw the field for a lesson's file; the lesson in it, or None where there is none, or it is refused."""
    st.file_uploader("A lesson’s file", type="json", key=key, max_upload_size=1)
    if (file := st.session_state.get(key)) is None:
        return None
    try:
        return bring_lesson(file.getvalue()[: LARGEST + 1])  # no more is read than is needed to refuse it
    except BadLesson as problem:
        st.error(plain(str(problem)))
        return None


def _bring() -> None:
    plan = choose_file(FILE)
    if plan and not plan.steps:
        st.info("This lesson has no step yet.")
    elif plan:
        st.button(f"Start “{plain(plan.title)}”", key="lessons.own", on_click=start_own, args=(plan,))
