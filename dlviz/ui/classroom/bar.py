"""The line above every page while one is in a room."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import streamlit as st

from dlviz.classroom.place import Unreachable
from dlviz.ui.classroom import session
from dlviz.ui.classroom.door import ASK, draw_code_field
from dlviz.ui.labs import TITLES

if TYPE_CHECKING:
    from dlviz.classroom.board import Board
    from dlviz.classroom.store import Member

PACE = 1.0  # seconds between two looks at the board


def show_bar(page: str) -> None:
    """Draw a line above a page: for a learner what the teacher wants, for the teacher what can be done.

    Args:
        page: its name in the address.
    """
    # There even while it is empty: who joins does not see the page's pictures made anew.
    bar = st.container(key="class-bar")
    try:
        who = session.member()
    except Unreachable:  # who this is will be known once the database is back
        who = None
    else:
        if who is None:
            return
    with bar:
        st.fragment(run_every=PACE, key="class.bar")(_follow)(who, page)


def offer_to_join() -> None:
    """Offer a field for a class's code in the sidebar, folded away; who is in a room reads its code there."""
    with st.sidebar:
        with suppress(Unreachable):
            if who := session.member():
                st.caption(f"Class **{who.room}**")
                return
        panel = st.popover("Join a class", icon=":material/login:", key="class.join", on_change="rerun")
        if panel.open:
            with panel:
                draw_code_field("sidebar")


def _follow(who: Member | None, page: str) -> None:
    try:
        if who is None:
            session.member()
            st.rerun(scope="app")
        board = session.look(who)
    except Unreachable as problem:
        st.caption(f":material/cloud_off: {problem}")
        return
    session.toast_notice()
    if board is None:
        return
    if who.teaches:
        _show_teacher(who, board, page)
    else:
        _show_learner(who, board)


def _show_learner(who: Member, board: Board) -> None:
    from dlviz.ui.classroom.sent import show_sent

    show_sent(board, "bar")
    asked = board.question
    if asked is None:
        return
    answered = who.learner in asked.answers[asked.round - 1]
    if asked.open and not answered:
        st.page_link("class.py", label="**Your teacher asks: answer now**", icon=":material/help:")
    elif not asked.open:
        st.page_link("class.py", label="The class’s question", icon=":material/groups:")


def _show_teacher(who: Member, board: Board, page: str) -> None:
    asked = board.question
    with st.container(horizontal=True, vertical_alignment="center"):
        said = f"Class **{board.code}** · {len(board.learners)} here"
        if asked and asked.open:
            said += f" · {asked.answered} answered"
        st.markdown(said)
        if page in TITLES:
            st.button(
                "Everyone look at this",
                key="class.send",
                icon=":material/campaign:",
                on_click=_send,
                args=(who, page),
            )
            st.button(
                "Add to the lesson",
                key="class.lesson.add",
                icon=":material/playlist_add:",
                on_click=_add,
                args=(who, page),
            )
        label, query = ("Ask about this", {ASK: page}) if page in TITLES else ("To the board", None)
        st.page_link("class.py", label=label, icon=":material/groups:", query_params=query)


def _add(who: Member, page: str) -> None:
    from dlviz.ui.classroom.lesson_panel import add_what_i_see

    add_what_i_see(who, page)


def _send(who: Member, page: str) -> None:
    from dlviz.ui.lab import last_link
    from dlviz.ui.server import owner_cookie

    session.change(who, lambda rooms: rooms.send(who.room, owner_cookie.token(), last_link(page)))
