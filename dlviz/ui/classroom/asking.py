"""Questions that a teacher can ask: a lab's, answered in the teacher's situation, or one of one's own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

import streamlit as st

from dlviz.classroom.links import ForeignLink
from dlviz.classroom.texts import OPTIONS, write_question
from dlviz.questions import Question
from dlviz.ui.classroom import session
from dlviz.ui.classroom.computed import NotComputed, find_questions
from dlviz.ui.classroom.door import ASK
from dlviz.ui.classroom.sent import read_situation
from dlviz.ui.lab import last_lab, last_link
from dlviz.ui.labs import LABS, TITLES
from dlviz.ui.server import owner_cookie
from dlviz.ui.session_cache import compute_once
from dlviz.ui.text_format.markdown import plain

if TYPE_CHECKING:
    from dlviz.classroom.store import Member

LAB, SOURCE, TEXT, CHOICES = "class.ask.lab", "class.ask.source", "class.ask.text", "class.ask.choices"
ASKED = "class.ask.done"
NO_ANSWER = ":gray[Nothing has computed its answer yet: there will be none to reveal.]"
SOURCES = {"lab": "From a lab", "own": "My own"}


def came_to_ask() -> bool:
    """True for who comes from a lab to ask about it: the ways to ask then stand first."""
    return ASK in st.query_params


def ask_about(fields: Mapping[str, str]) -> None:
    """Let the ways to ask stand first, with a lab chosen, as if its teacher had come from there."""
    if (lab := fields.get(ASK)) in TITLES:
        st.query_params[ASK] = st.session_state[LAB] = lab


def open_address(query: str) -> None:
    """Put a query in place of that in the address."""
    st.query_params.from_dict(dict(parse_qsl(query)))


@st.fragment
def show_asking(who: Member) -> None:
    """Draw the ways to ask."""
    with st.container(key="class-asking"):
        _show_ways(who)


def _show_ways(who: Member) -> None:
    if st.session_state.pop(ASKED, False) and came_to_ask():
        del st.query_params[ASK]
        st.rerun(scope="app")  # what was asked stands first now
    st.subheader("Ask the class", anchor=False)
    source = st.segmented_control(
        "Question",
        list(SOURCES),
        default="lab",
        format_func=SOURCES.__getitem__,
        required=True,
        key=SOURCE,
        label_visibility="collapsed",
    )
    if source == "own":
        _write_own(who)
    else:
        _choose_of_lab(who)


def _choose_of_lab(who: Member) -> None:
    names = [lab.name for lab in LABS]
    here = st.query_params.get(ASK, last_lab())
    lab = st.selectbox(
        "Lab, as you left it",
        names,
        index=names.index(here) if here in names else 0,
        format_func=TITLES.__getitem__,
        key=LAB,
    )
    try:
        with st.spinner("Computing the answers …", show_time=False):
            link = last_link(lab)
            situation, questions = compute_once(
                "class.asked", (link,), lambda: find_questions(read_situation(link))
            )
    except (ForeignLink, NotComputed) as problem:
        st.info(plain(str(problem)), icon=":material/info:")
        return
    for question in questions:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.button(
                "Ask",
                key=f"class.ask.{lab}.{question.name}",
                icon=":material/campaign:",
                on_click=_ask,
                args=(who, question, situation.link),
            )
            unknown = "" if question.is_answered else f" {NO_ANSWER}"
            st.markdown(question.text + unknown)
    st.page_link(
        f"{lab}.py",
        label=f"Open {TITLES[lab]} as it is asked about",
        icon=":material/open_in_new:",
        query_params=situation.query,
    )


def _ask(who: Member, question: Question, link: str) -> None:
    number = session.change(who, lambda rooms: rooms.ask(who.room, owner_cookie.token(), question, link))
    st.session_state[ASKED] = number is not None  # else the database is away


def _write_own(who: Member) -> None:
    st.text_input("Your question", key=TEXT, max_chars=300)
    st.text_area("Answers to choose from, one a line", key=CHOICES, max_chars=600, height=120)
    st.button(
        "Ask", key="class.ask.own", type="primary", icon=":material/campaign:", on_click=_ask_own, args=(who,)
    )
    st.caption(f"2 to {OPTIONS} answers. Nothing computes the right one: that is yours to say.")


def _ask_own(who: Member) -> None:
    try:
        question = write_question(st.session_state[TEXT], st.session_state[CHOICES].splitlines())
    except ValueError as problem:
        session.notify(str(problem))
        return
    _ask(who, question, "")
    if st.session_state[ASKED]:
        st.session_state[TEXT] = st.session_state[CHOICES] = ""
