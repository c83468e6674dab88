"""The lesson that a learner has brought from a file, kept by the browser until the page is loaded again."""

from __future__ import annotations

from secrets import token_hex

import streamlit as st

from dlviz.ui.components import events, load_component

_component = load_component("own_lesson")
KEY, ASKS = "lesson.kept", "lesson.asks_browser"


def keep_in_browser(lesson: str) -> None:
    """Let the browser keep a lesson, as its file has it, in place of the last one."""
    _component(key=KEY, data={"lesson": lesson, "asks": ""}, on_kept_change=events.heard)


def ask_browser() -> str | None:
    """Ask the browser for the lesson that it keeps, in this run and the next; None until it has answered.

    Returns: what it keeps, which may be anything; empty where it keeps nothing.
    """
    asks = st.session_state.setdefault(ASKS, token_hex(4))
    match events.news(KEY, "kept"):
        case [str(lesson), str(answered)] if answered == asks:
            del st.session_state[ASKS]
            return lesson
    _component(key=KEY, data={"lesson": "", "asks": asks}, on_kept_change=events.heard)
    return None
