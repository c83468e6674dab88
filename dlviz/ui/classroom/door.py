"""The way into a room: open one, or join one by its code."""

from __future__ import annotations

import streamlit as st

from dlviz.classroom.codes import Guesses, read_code
from dlviz.classroom.place import Unreachable
from dlviz.ui.classroom import session
from dlviz.ui.server import owner_cookie

TYPED = "class.code"
# In the address: the code of a link that is shown as a QR code; the lab that the teacher comes to ask about.
ROOM, ASK = "room", "ask"
FOLLOWED = "class.followed"
_guesses = Guesses()


def show_door() -> None:
    """Draw both ways in."""
    session.show_notice()
    left, right = st.columns(2, gap="large")
    with left, st.container(border=True):
        st.subheader(":material/login: Join a class", anchor=False)
        st.markdown("Your teacher shows a code of five characters. Nobody asks for your name.")
        draw_code_field("door")
    with right, st.container(border=True, key="class-teach"):
        st.subheader(":material/co_present: Teach a class", anchor=False)
        st.markdown(
            "Ask any lab’s question in the very situation you have on screen, see what the class expects, "
            "and let the computed answer fall in. The room closes by itself after a day."
        )
        st.button("Open a room", type="primary", icon=":material/add:", key="class.open", on_click=_open_room)


def draw_code_field(place: str) -> None:
    """A field for a room's code; Enter joins, and so does the button."""
    key = f"{TYPED}.{place}"
    st.text_input(
        "Code of the class", key=key, max_chars=12, placeholder="K7M2P", on_change=_join, args=(key,)
    )
    # Whoever presses it leaves the field, which takes what was typed.
    st.button("Join", key=f"class.join.{place}", type="primary", icon=":material/login:")
    session.show_notice()


def _open_room() -> None:
    from dlviz.classroom.store import Member

    try:
        with session.classroom() as rooms:
            session.enter(Member(rooms.open_room(owner_cookie.token()), None))
    except Unreachable as problem:
        session.notify(str(problem))


def _join(key: str) -> None:
    join(st.session_state[key])


def join_by_link() -> None:
    """Come into the room whose code is in the address."""
    code = st.query_params.get(ROOM, "")
    who = session.member()
    # Once: whoever leaves a room does not come back in because the address still holds its code.
    if code and code != st.session_state.get(FOLLOWED) and (who is None or who.room != code):
        join(code)
    st.session_state[FOLLOWED] = code


def join(typed: str) -> None:
    """Come into the room of a code that was typed or followed; else a notice says what was wrong."""
    from dlviz.classroom.store import NoRoom, RoomFull

    token, address = owner_cookie.token(), st.context.ip_address or ""
    if not typed.strip():
        return
    if wait := _guesses.wait(token, address):
        session.notify(f"Too many wrong codes: wait {wait:.0f} s, then try again.")
        return
    try:
        code = read_code(typed)
        if not code:
            raise NoRoom
        with session.classroom() as rooms:
            session.enter(rooms.join(code, token))
    except NoRoom as problem:
        _guesses.note_wrong(token, address)
        session.notify(str(problem))
    except (RoomFull, Unreachable) as problem:
        session.notify(str(problem))
