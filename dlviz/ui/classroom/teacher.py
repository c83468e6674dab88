"""The teacher's side of a class: the code, the board, and what can be asked."""

from __future__ import annotations

import socket
from collections.abc import Callable
from contextlib import closing
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

import streamlit as st

from dlviz.classroom.board import SPREAD, TALK, Asked
from dlviz.questions import Choice
from dlviz.ui.classroom import session
from dlviz.ui.classroom.answers import option_text, question_text, show_answers
from dlviz.ui.classroom.drawing import show_drawing, show_words
from dlviz.ui.classroom.lesson_panel import lesson_version, say_step, show_next, show_step_text
from dlviz.ui.classroom.sent import find_situation
from dlviz.ui.classroom.wall import PACE as WALL_PACE
from dlviz.ui.classroom.wall import follow_wall
from dlviz.ui.labs import TITLES
from dlviz.ui.locks import PARAMETERS
from dlviz.ui.server import owner_cookie
from dlviz.ui.text_format.numbers import counted

if TYPE_CHECKING:
    from dlviz.classroom.board import Board
    from dlviz.classroom.store import Classroom, Member

PACE = 0.5  # seconds between two looks at the board
HERE = ("localhost", "127.0.0.1", "::1")
VIEW, PROJECTOR = "view", "projector"  # in the address


def on_projector() -> bool:
    """True if the address asks for the view that is thrown on a wall."""
    return st.query_params.get(VIEW) == PROJECTOR


def project(who: Member, board: Board) -> None:
    """Draw the board large, beside the code for those who come late, and the wall below."""
    question, code = st.columns([3, 1], gap="large")
    with code:
        _show_address(who.room, "stretch")
    with question, st.container(key="class-projector"):
        show_board(who, board)
    st.fragment(run_every=WALL_PACE, key="class.wall")(follow_wall)(who, steers=False)
    st.page_link("class.py", label="Leave the projector view", icon=":material/close_fullscreen:")


def show_code(code: str) -> None:
    """Draw the room's code, its address, and both as a QR code, which is made here."""
    if urlsplit(_show_address(code, 190)).hostname in HERE:
        st.caption(
            "This address is known to this computer alone. For learners’ devices, start the app with "
            "`--server.address=0.0.0.0` and open it here by this computer’s name or number."
        )
    st.page_link("class.py", label="Projector view", icon=":material/cast:", query_params={VIEW: PROJECTOR})


def _show_address(code: str, width: int | Literal["stretch"]) -> str:
    address = join_address(code)
    with st.container(key="class-code"):
        st.markdown(f"### {code}")
        st.image(draw_qr(address), width=width, alt=f"QR code of {address}")
        st.caption(address)
    return address


def join_address(code: str) -> str:
    """The address that opens the room: that of this page, or where only this computer knows that, its own."""
    page = urlsplit(st.context.url or "http://localhost:8501/class")
    host = page.hostname or ""
    if host in HERE and st.get_option("server.address") not in HERE:
        host = find_own_address() or host
    port = f":{page.port}" if page.port else ""
    return f"{page.scheme}://{host}{port}{page.path}?room={code}"


def find_own_address() -> str:
    """This computer's address in its network; empty if it has none."""
    with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # nothing is sent: this only asks which way it would go
            return probe.getsockname()[0]
        except OSError:
            return ""


def draw_qr(address: str) -> str:
    """A QR code as SVG, dark on white in every theme."""
    import segno

    code = segno.make(address, error="m", micro=False)
    return code.svg_inline(scale=8, border=3, dark="#000", light="#fff")


def show_board(who: Member, board: Board) -> None:
    """Draw the question before the class, who has answered, and the step that follows, as it is now."""
    with st.container(key="class-board"):
        st.fragment(run_every=PACE, key="class.board")(_follow)(who, lesson_version(board))


@session.saying_away()
def _follow(who: Member, taught: tuple[int, int]) -> None:
    """Draw the board.

    Args:
        taught: the version of the lesson that the rest of the page shows.
    """
    session.toast_notice()
    board = session.look(who)
    if board is None or lesson_version(board) != taught:
        st.rerun(scope="app")
    asked = board.question
    step = say_step(board)
    above = asked is None or asked.open  # as an answer needs it; the answers then take its place
    if above:
        show_step_text(step)
    here = counted(len(board.learners), "learner")
    if asked is None and step:
        with st.container(horizontal=True, vertical_alignment="center", key="class-steps"):
            show_next(who, board, "n")
            _offer_to_open(board)
        return
    if asked is None:
        st.header(f"{here} {'is' if len(board.learners) == 1 else 'are'} here", anchor=False)
        st.markdown(
            "1. Learners scan the QR code, or open the address and type the code.\n"
            "2. Press **Ask** beside a question: they predict on their phones.\n"
            "3. Show the answers, let them talk and vote again, and reveal what was computed."
        )
        show_next(who, board, "n")
        return
    question = asked.question
    with st.container(key="class-question"):
        text, drawing = st.columns([5, 1], vertical_alignment="center")
        text.header(question_text(question), anchor=False)
        with drawing:
            show_drawing(asked)
    show_words(asked)
    if asked.phase == SPREAD:
        show_answers(asked)
    else:
        if isinstance(question, Choice):
            st.markdown("\n".join(f"- {option_text(question, option)}" for option in question.options))
        if asked.phase == TALK:
            st.info("Talk with someone who expects something else.", icon=":material/forum:")
        else:
            st.markdown(f"### {asked.answered} of {len(board.learners)} have answered")
            st.progress(min(1.0, asked.answered / max(1, len(board.learners))))
    _show_steps(who, board, asked)
    if not above:
        show_step_text(step)


Take = Callable[[str, str], None]


def next_step(asked: Asked) -> tuple[str, str] | None:
    """The step that usually follows: its name, and the method of `Classroom` that takes it."""
    match asked.phase, asked.round:
        case ("vote", 1):
            return "Show the answers", "show_spread"
        case ("spread", 1) if not asked.truth:
            return "Let them talk", "let_talk"
        case ("talk", _):
            return "Vote again", "vote_again"
        case ("vote", _):
            return "Show both votes", "show_spread"
    return None


def _show_steps(who: Member, board: Board, asked: Asked) -> None:
    step = next_step(asked)
    reveals = asked.computed and not asked.truth
    with st.container(horizontal=True, vertical_alignment="center", key="class-steps"):
        if step:
            label, method = step
            st.button(
                label,
                key=f"class.step.{method}",
                type="primary",
                shortcut="n",
                on_click=_take_step,
                args=(who, method),
            )
        if reveals:
            st.button(
                "Reveal the computed answer",
                key="class.step.show_truth",
                icon=":material/lightbulb:",
                type="secondary" if step else "primary",
                shortcut="a",
                on_click=_take_step,
                args=(who, "show_truth"),
            )
        show_next(who, board, None if step or reveals else "n")
        _offer_to_open(board)


def _offer_to_open(board: Board) -> None:
    """Lead to the lab that the class is asked about, where nothing is locked for its teacher."""
    if situation := find_situation(board):
        st.page_link(
            f"{situation.page}.py",
            label=f"Open {TITLES[situation.page]}",
            icon=":material/open_in_new:",
            query_params={name: text for name, text in situation.query if name not in PARAMETERS},
        )


def _take_step(who: Member, method: str) -> None:
    def take_step(rooms: Classroom) -> None:
        steps: dict[str, Take] = {
            "show_spread": rooms.show_spread,
            "let_talk": rooms.let_talk,
            "vote_again": rooms.vote_again,
            "show_truth": rooms.show_truth,
        }
        steps[method](who.room, owner_cookie.token())

    session.change(who, take_step)


def show_tools(who: Member) -> None:
    """Offer the results, and the end of the class."""
    with st.container(key="class-tools"):
        _offer_results(who)
        with st.expander("Close the room", icon=":material/logout:"):
            st.markdown("All answers and drawings are deleted.")
            st.button("Close it", key="class.close", type="primary", on_click=_close, args=(who,))


@st.fragment
def _offer_results(who: Member) -> None:
    # Not a popover: at the foot of a page there is no room for one.
    fold = st.expander("Results", icon=":material/table:", key="class.results", on_change="rerun")
    if fold.open:
        with fold:
            _show_results(who)


@session.saying_away()
def _show_results(who: Member) -> None:
    """Offer the results as they are now, written before the press: that they cannot be had is said here."""
    from dlviz.classroom.results import write_results
    from dlviz.classroom.store import NoRoom

    try:
        with session.classroom() as rooms:
            table = write_results(rooms, who.room)
    except NoRoom as problem:
        st.info(str(problem), icon=":material/info:")
        return
    st.markdown("All answers until now, a line for each.")
    st.download_button(
        "Results as a table",
        table,
        f"class-{who.room}.csv",
        "text/csv",
        icon=":material/download:",
        on_click="ignore",
    )


def _close(who: Member) -> None:
    session.change(who, lambda rooms: rooms.close_room(who.room, owner_cookie.token()))
