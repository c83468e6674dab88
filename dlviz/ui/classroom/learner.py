"""The learner's side of a class: a question to answer, what the class answered, and where to look."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

from dlviz.classroom.board import TALK, Asked
from dlviz.classroom.texts import NICKNAME
from dlviz.questions import Choice
from dlviz.ui.classroom import session
from dlviz.ui.classroom.answers import option_text, question_text, show_answers
from dlviz.ui.classroom.drawing import show_drawing, show_words
from dlviz.ui.classroom.lesson_panel import say_step, show_step_text
from dlviz.ui.classroom.sent import show_sent, show_way_back
from dlviz.ui.components import events
from dlviz.ui.components.prediction import prediction
from dlviz.ui.text_format.markdown import plain

if TYPE_CHECKING:
    from dlviz.classroom.board import Board
    from dlviz.classroom.store import Member

PACE = 1.0  # seconds between two looks at the board
NICK = "class.nickname"


def show_task(who: Member, board: Board) -> None:
    """Draw what there is to answer or to see, always as it is now."""
    st.fragment(run_every=PACE, key="class.learner")(_follow)(who, board.gathering)


@session.saying_away()
def _follow(who: Member, gathering: str) -> None:
    """Draw what there is to answer or to see.

    Args:
        gathering: what the rest of the page asks for.
    """
    session.toast_notice()
    board = session.look(who)
    if board is None or board.gathering != gathering:
        st.rerun(scope="app")
    assert who.learner is not None
    name = board.learners[who.learner]
    st.caption(f"Class **{board.code}**" + (f" · {plain(name)}" if name else ""))
    show_sent(board, "learner")
    step = say_step(board)
    if board.question is None and not gathering and step is None:
        st.header("You are in.", anchor=False)
        st.markdown("Your teacher’s questions appear here. Meanwhile, look around in the labs.")
    elif board.question:
        _show_question(who, board.question)
    show_way_back(board)
    show_step_text(step)


def _show_question(who: Member, asked: Asked) -> None:
    assert who.learner is not None
    mine = asked.answers[asked.round - 1].get(who.learner)
    if isinstance(asked.question, Choice) or not asked.open:  # else the control has it
        with st.container(key="class-question"):
            st.header(question_text(asked.question), anchor=False)
    show_drawing(asked)
    show_words(asked)
    if asked.open:
        _take_answer(who, asked, mine)
        if not isinstance(asked.question, Choice):
            return
        if mine is not None:
            st.caption("Noted. You can change it until your teacher closes the vote.")
        elif asked.round > 1:
            st.caption("Second vote, after talking: choose again.")
    elif asked.phase == TALK:
        st.info(
            "Talk with someone who expects something else, and say why. Then you vote again.",
            icon=":material/forum:",
        )
    else:
        show_answers(asked, mine)


def _take_answer(who: Member, asked: Asked, mine: object) -> None:
    key = f"class.answer.{asked.id}.{asked.round}"
    match asked.question:
        case Choice(options=options):
            for index, option in enumerate(options):
                st.button(
                    option_text(asked.question, option),
                    key=f"{key}.{index}",
                    type="primary" if option == mine else "secondary",
                    icon=":material/check:" if option == mine else None,
                    width="stretch",
                    on_click=_answer,
                    args=(who, asked.id, option),
                )
        case question:
            # The control of the labs; who has answered and wants to change it is asked anew.
            shown = None if st.session_state.get(f"{key}.again") else mine
            take = partial(_take_report, who, asked.id, key)
            waiting = "Your prediction is kept until your teacher closes the vote."
            prediction(key, "class", question, shown, None, waiting, True, take, looks=False)


def _take_report(who: Member, question: int, key: str) -> None:
    match events.news(key, "act"):
        case [("look" | "close" | "ask"), int()]:
            st.session_state[f"{key}.again"] = True
    match events.news(key, "predicted"):
        case [value, int()]:
            st.session_state[f"{key}.again"] = False
            _answer(who, question, value)


def _answer(who: Member, question: int, value: object) -> None:
    if session.change(who, lambda rooms: rooms.answer(who, question, value)) is False:
        session.notify("The vote is closed.")


def show_settings(who: Member) -> None:
    """Offer a nickname, and the way out."""
    with st.expander("Nickname, leave", icon=":material/person:"):
        st.text_input(
            "A nickname, if you like",
            key=NICK,
            max_chars=NICKNAME,
            help="Shown on the wall only beside what you want it beside. Your answers carry no name there.",
            on_change=_rename,
            args=(who,),
        )
        st.button(
            "Leave the class", key="class.leave", icon=":material/logout:", on_click=_leave, args=(who,)
        )
        st.caption("Whoever leaves takes along all answers and drawings.")


def _rename(who: Member) -> None:
    session.change(who, lambda rooms: rooms.rename(who, st.session_state[NICK]))


def _leave(who: Member) -> None:
    session.change(who, lambda rooms: rooms.leave(who))
