"""Situations that a class looks at: one click away, and never opened by themselves."""

from __future__ import annotations

import streamlit as st

from dlviz.classroom.board import Board
from dlviz.classroom.links import ForeignLink, Situation, read_link
from dlviz.ui.labs import TITLES
from dlviz.ui.lesson_plans.shipped import find_lab
from dlviz.ui.lesson_plans.walk import follow, is_at
from dlviz.ui.locks import PARAMETERS
from dlviz.ui.pressed import pressed

SEEN = "class.seen"  # the number of the last situation that was opened or put away


def read_situation(link: str) -> Situation:
    """The situation of one of the labs.

    Raises: ForeignLink.
    """
    return read_link(link, TITLES.keys())


def find_situation(board: Board) -> Situation | None:
    """The situation of the question before the class, which shows the answer once that is revealed.

    Without such a question, what was sent last; None if there is nothing.
    """
    asked = board.question
    if asked is None or not asked.link:
        return _read_sent(board)
    situation = read_situation(asked.link)
    if not asked.truth or not asked.question.shows:
        return situation
    query = dict(situation.query)
    held = {name: query[name] for name in PARAMETERS if name in query}
    answer = find_lab(situation.page).change_query(query, **asked.question.shows)
    return Situation(situation.page, (*answer.items(), *held.items()))


def show_sent(board: Board, place: str) -> None:
    """Offer the newest situation, until it has been opened or put away."""
    situation = _read_sent(board)
    if situation is None or not _is_news(board):
        return
    with st.container(horizontal=True, vertical_alignment="center", key=f"class-sent-{place}"):
        st.markdown(f"Everyone look at this: **{TITLES[situation.page]}**")
        opens = pressed(
            "Open it", key=f"class.sent.open.{place}", type="primary", icon=":material/visibility:"
        )
        later = pressed("Not now", key=f"class.sent.later.{place}", type="tertiary")
    if opens or later:
        st.session_state[SEEN] = board.code, board.sent_number
    if opens:
        _open(situation)
    if later:
        st.rerun(scope="fragment")


def show_way_back(board: Board) -> None:
    """Offer what was sent to who has seen it already, and what is asked about to all once it is revealed."""
    if board.question and board.question.truth:
        situation, says = find_situation(board), "See it in the lab"
    else:  # who has not predicted yet is not led to the answer
        situation, says = None if _is_news(board) else _read_sent(board), "Open"
    if situation and pressed(
        f"{says} {TITLES[situation.page]}", key="class.back", type="tertiary", icon=":material/arrow_forward:"
    ):
        _open(situation)


def _read_sent(board: Board) -> Situation | None:
    try:
        return read_situation(board.sent)
    except ForeignLink:
        return None


def _is_news(board: Board) -> bool:
    """True if what was sent last has neither been opened nor put away."""
    situation = _read_sent(board)
    if situation is None or st.session_state.get(SEEN, "") == (board.code, board.sent_number):
        return False
    return not is_at(dict(situation.query))  # else the page was loaded again


def _open(situation: Situation) -> None:
    follow(situation.page, dict(situation.query))
    st.switch_page(f"{situation.page}.py", query_params=situation.query)
