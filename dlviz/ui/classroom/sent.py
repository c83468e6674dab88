"""The situation that a teacher asks everyone to look at: one click away, and never opened by itself."""

from __future__ import annotations

import streamlit as st

from dlviz.classroom.board import Board
from dlviz.classroom.links import ForeignLink, Situation, read_link
from dlviz.ui.labs import TITLES
from dlviz.ui.locks import put_lock, read_lock
from dlviz.ui.pressed import pressed

SEEN = "class.seen"  # the number of the last situation that was opened or put away


def read_situation(link: str) -> Situation:
    """The situation of one of the labs.

    Raises: ForeignLink.
    """
    return read_link(link, TITLES.keys())


def show_sent(board: Board, place: str) -> None:
    """Offer the newest situation, until it has been opened or put away."""
    if not board.sent or st.session_state.get(SEEN, "") == (board.code, board.sent_number):
        return
    try:
        situation = read_situation(board.sent)
    except ForeignLink:
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
        put_lock(read_lock(situation.page, dict(situation.query)))
        st.switch_page(f"{situation.page}.py", query_params=situation.query)
    if later:
        st.rerun(scope="fragment")
