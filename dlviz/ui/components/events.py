"""Reports of the browser's components on a learner: session state keeps a report, so each is taken once."""

from collections.abc import Callable, Mapping

import streamlit as st


def heard() -> None:
    """The callback of a report: Streamlit keeps only what has one; the run that follows does the rest."""


def news(key: str, name: str, sound: Callable[[object], bool] = bool) -> object:
    """A component's report under that name, if sound and not the last one again; else None."""
    state, seen = st.session_state.get(key), f"{key}.{name}.seen"
    report = state.get(name) if isinstance(state, Mapping) else None
    if not sound(report) or report == st.session_state.get(seen):
        return None
    st.session_state[seen] = report
    return report


def numbers(key: str, name: str, size: int) -> list[int] | None:
    """A component's report of so many whole numbers, followed by the report's own number; else None."""

    def sound(report: object) -> bool:
        return isinstance(report, list) and len(report) == size + 1 and all(type(n) is int for n in report)

    report = news(key, name, sound)
    return report[:-1] if isinstance(report, list) else None


def latest(key: str, *names: str) -> int:
    """Number of the newest report under these names that has been taken; 0 before the first.

    Sent along with a picture, it tells the browser whether the picture answers the learner's last choice.
    """
    reports = [st.session_state.get(f"{key}.{name}.seen") for name in names]
    # A browser may send anything: nonsense is remembered too, but has no number.
    last = [report[-1] for report in reports if isinstance(report, list) and report]
    return max((number for number in last if type(number) is int), default=0)
