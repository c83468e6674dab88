"""Drawings, sentences and curves of runs that a learner shows the class."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import streamlit as st

from dlviz.classroom.board import DRAWING, RUN, SENTENCE, Board
from dlviz.classroom.place import Unreachable
from dlviz.classroom.texts import SENTENCE as LONGEST
from dlviz.classroom.texts import clean
from dlviz.ui.classroom import session
from dlviz.ui.server import owner_cookie
from dlviz.ui.text_format.markdown import plain

if TYPE_CHECKING:
    from dlviz.classroom.store import Member

MEANT, TYPED, CHOSEN, NAMED = (f"class.share.{name}" for name in ("meant", "sentence", "run", "named"))
TITLES = {DRAWING: "Drawings", SENTENCE: "Sentences", RUN: "Curves"}
ASKED = {
    DRAWING: "Draw a digit for the wall.",
    SENTENCE: "Write a sentence: the network says whether it is positive or negative.",
    RUN: "Show the loss curve of one of your runs.",
}
TAKEN_OFF = (
    "Your teacher has taken yours off the wall. You can show another one when the class is asked again."
)


@st.fragment
def show_sharing(who: Member, board: Board) -> None:
    """Draw what the teacher gathers now, to be shown with a press; shown again, the last one counts."""
    kind = board.gathering
    with suppress(Unreachable):  # what is above says so
        board = session.look(who) or board
    with st.container(border=True, key="class-sharing"):
        st.subheader(ASKED[kind], anchor=False)
        if (who.learner, kind) in board.taken_off:
            st.info(TAKEN_OFF, icon=":material/info:")
            return
        if name := board.learners.get(who.learner or 0, ""):
            st.toggle(f"With my nickname, {plain(name)}", key=NAMED)
        match kind:
            case "drawing":
                _share_drawing(who)
            case "sentence":
                st.text_input("Your sentence", key=TYPED, max_chars=LONGEST, label_visibility="collapsed")
                st.button("Show it", key="class.share.sentence.go", on_click=_share_sentence, args=(who,))
            case _:
                _share_run(who)
        if any(each.learner == who.learner for each in board.of_kind(kind)):
            st.caption("Yours is on the wall. Another one takes its place.")


def _share_drawing(who: Member) -> None:
    from dlviz.data import digits
    from dlviz.ui.components.pad import pad

    drawing = pad("class.pad", None, "Draw a digit", surprises=False)
    meant = st.segmented_control("It is meant to be a", list(range(10)), key=MEANT, wrap=True)
    if drawing.pixels is not None and meant is not None:
        content = f"{meant}.{digits.to_text(drawing.pixels)}"
        st.button(
            "Put it on the wall",
            key="class.share.drawing",
            type="primary",
            on_click=_share,
            args=(who, DRAWING, content),
        )


def _share_sentence(who: Member) -> None:
    if sentence := clean(st.session_state[TYPED], LONGEST):
        _share(who, SENTENCE, sentence)


def _share_run(who: Member) -> None:
    from dlviz.training.runs import service

    runs = {run.run: run.name for run in service.shared().runs(owner_cookie.token())}
    if not runs:
        st.caption("You have no run yet: train a network in the Training lab.")
        return
    st.selectbox("Run", list(runs), format_func=runs.__getitem__, key=CHOSEN)
    st.button(
        "Show it", key="class.share.run.go", type="primary", on_click=_share_chosen, args=(who, list(runs))
    )


def _share_chosen(who: Member, mine: list[str]) -> None:
    if (run := st.session_state[CHOSEN]) in mine:
        _share(who, RUN, run)


def _share(who: Member, kind: str, content: str) -> None:
    named = bool(st.session_state.get(NAMED))
    shown = session.change(who, lambda rooms: rooms.share(who, kind, content, named))
    if shown is not None:
        session.notify("It is on the wall." if shown else TAKEN_OFF)
