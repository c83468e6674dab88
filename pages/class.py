"""The class: a room, a question before all, what everyone predicts, and the answer that is computed."""

import streamlit as st

from dlviz.ui import lesson
from dlviz.ui.classroom import session
from dlviz.ui.classroom.asking import ask_about, came_to_ask, open_address, show_asking
from dlviz.ui.classroom.door import join_by_link, show_door
from dlviz.ui.classroom.learner import show_settings, show_task
from dlviz.ui.classroom.lesson_panel import show_lesson
from dlviz.ui.classroom.sharing import show_sharing
from dlviz.ui.classroom.teacher import on_projector, project, show_board, show_code, show_tools
from dlviz.ui.classroom.wall import show_wall
from dlviz.ui.components.tour import is_on


def course() -> None:
    """Open a room or join one; then the teacher's side of it, or a learner's."""
    join_by_link()
    who = session.member()
    board = session.look(who) if who else None  # None: the room is gone
    if who is None or board is None or is_on("class"):
        # The tour opens a room and works it, which nobody wants in the middle of a class.
        lesson.heading("Join a class, or teach one", "class", open_address, ask_about)
    if who is None or board is None:
        show_door()
    elif who.teaches and on_projector():
        project(who, board)
    elif who.teaches:
        asks_first = came_to_ask()  # from a lab
        if asks_first:
            show_asking(who)
        question, code = st.columns([3, 1], gap="large")
        with code:
            show_code(who.room)
        with question:
            show_board(who, board)  # answers come in; then both votes, and what was computed
        if not asks_first:
            show_asking(who)  # any lab's question, in the situation that was left there
        show_lesson(who)  # steps that are written down: the next one sends a situation and asks
        show_wall(who, board)  # drawings, sentences and curves, and what a network makes of them
        show_tools(who)
    else:
        with st.container(key="class-learner"):
            show_task(who, board)  # to answer, to see, to look at
            if board.gathering:  # in a part of its own: no news is drawn over a stroke
                show_sharing(who, board)
            show_settings(who)


with session.going_on_without():
    course()
