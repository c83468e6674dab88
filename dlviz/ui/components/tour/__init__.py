"""The button “Show me around”, and the tour that it starts: steps that light up a part of the page.

The browser reports `{version, on, open, set}`: its number, if a tour is on, the query of a situation to open,
and fields to change in the one on screen, each as in a link; None where there is nothing to do.
"""

from collections.abc import Callable, Mapping, Sequence

import streamlit as st

from dlviz.ui.components import events, load_component
from dlviz.ui.components.wire_format import pack

_component = load_component("tour")


def _stay(_: object) -> None:
    """Change nothing: the page's address holds no situation."""


def is_on(page: str) -> bool:
    """True while the browser takes a learner through the tour of a page."""
    return _find_version(page) > 0


def _find_version(page: str) -> int:
    """Number of the last report of a tour that is on; 0 if none is."""
    state = st.session_state.get(f"{page}.tour")
    match state.get("report") if isinstance(state, Mapping) else None:
        case {"version": int(version), "on": True}:
            return version
    return 0


def show_tour(
    page: str,
    parts: Mapping[str, str],
    steps: Sequence[Mapping],
    follow: Callable[[str], object] = _stay,
    follow_with: Callable[[Mapping[str, str]], object] = _stay,
) -> None:
    """Draw the button, and give the browser the steps while a tour is on.

    Args:
        page: its name; a tour ends where the learner leaves it.
        parts, steps: of a `dlviz.ui.tours.Tour`.
        follow: opens the situation of a query, in the run that follows.
        follow_with: changes fields of the situation on screen, in the run that follows.
    """
    key = f"{page}.tour"
    if version := _find_version(page):
        data = {"heard": version, "parts": {**parts}, "steps": [*steps]}
    else:
        data = {"heard": 0, "parts": {}, "steps": []}
    # Packed: for plain data Streamlit would load all of pandas, which the start page shall not wait for.
    _component(
        key=key,
        data=pack(data, {}),
        width="content",
        on_report_change=lambda: _follow_report(key, follow, follow_with),
    )


def _follow_report(
    key: str,
    follow: Callable[[str], object],
    follow_with: Callable[[Mapping[str, str]], object],
) -> None:
    match events.news(key, "report"):
        case {"open": str(query)}:
            follow(query)
        case {"set": {**fields}} if all(type(text) is str for pair in fields.items() for text in pair):
            follow_with(fields)
