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
    link = (asked.link if asked else "") or board.sent
    if not link:
        return None
    try:
        situation = read_situation(link)
    except ForeignLink:
        return None
    if asked is None or not asked.link or not asked.truth or not asked.question.shows:
        return situation
    query = dict(situation.query)
    held = {name: query[name] for name in PARAMETERS if name in query}
    answer = find_lab(situation.page).change_query(query, **asked.question.shows)
    return Situation(situation.page, (*answer.items(), *held.items()))


def show_sent(board: Board, place: str) -> None:
    """Offer the newest situation, until it has been opened or put away."""
    if not _is_news(board):
        return
    situation = read_situation(board.sent)
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
    """Offer what the class looks at to who has opened it already, and to all once an answer is revealed."""
    situation = find_situation(board)
    revealed = board.question is not None and board.question.truth
    if situation is None or (_is_news(board) and not revealed):
        return
    label = f"See it in the lab {TITLES[situation.page]}" if revealed else f"Back to {TITLES[situation.page]}"
    if pressed(label, key="class.back", type="tertiary", icon=":material/arrow_forward:"):
        _open(situation)


def _is_news(board: Board) -> bool:
    """True if a situation has been sent that this learner has neither opened nor put away."""
    if not board.sent or st.session_state.get(SEEN, "") == (board.code, board.sent_number):
        return False
    try:
        return not is_at(dict(read_situation(board.sent).query))  # else the page was loaded again
    except ForeignLink:
        return False


def _open(situation: Situation) -> None:
    follow(situation.page, dict(situation.query))
    st.switch_page(f"{situation.page}.py", query_params=situation.query)
