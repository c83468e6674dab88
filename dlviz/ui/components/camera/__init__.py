"""The learner's camera: bursts of small pictures, and the newest one to be answered.

The browser reports `burst`, a list of all bursts that Python has not heard of yet, each `{"number", "place",
"jpegs"}`, and `look`, `{"number", "jpeg"}`. Pictures are JPEGs in base64, square and small; numbers grow.
Python tells the newest number that it has heard of, and the browser then forgets the bursts up to it, so that
they do not travel again with every later report.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import streamlit as st

from dlviz.ui.components import load_component

LONGEST = 30  # pictures of a burst
LARGEST = 200_000  # characters of a picture
LIMIT = 2**53  # of numbers that a browser counts exactly

_component = load_component("camera")


@dataclass(frozen=True)
class Burst:
    """Pictures that were taken while the button was held, and the place of the class that they are for."""

    place: int
    jpegs: tuple[bytes, ...]


def camera(key: str, place: int, target: str, *, answers: bool, receive: Callable[[Burst], None]) -> None:
    """Draw the camera, and a field for a phone's own camera where the page is given none.

    Args:
        place, target: of the class that pictures are for, and its name.
        answers: true to be sent the camera's newest picture again and again, for `newest_look`.
        receive: gets each burst once, before the next run of the page.
    """
    data = {
        "place": place,
        "target": target,
        "answers": answers,
        "longest": LONGEST,
        "heard": st.session_state.get(f"{key}.burst.heard", 0),
        "looked": st.session_state.get(f"{key}.look.heard", 0),
    }
    _component(
        key=key, data=data, on_burst_change=lambda: _take_bursts(key, receive), on_look_change=lambda: None
    )


def newest_look(key: str) -> bytes | None:
    """The camera's newest picture, a JPEG; None before the first."""
    match _state(key).get("look"):
        case {"number": int(number), "jpeg": str(text)} if 0 < number < LIMIT:
            st.session_state[f"{key}.look.heard"] = number
            return _decode(text)
    return None


def _take_bursts(key: str, receive: Callable[[Burst], None]) -> None:
    heard = st.session_state.get(f"{key}.burst.heard", 0)
    for number, burst in _read(_state(key).get("burst")):
        if heard < number < LIMIT:
            heard = number
            st.session_state[f"{key}.burst.heard"] = heard
            receive(burst)


def _read(report: object) -> Iterator[tuple[int, Burst]]:
    """Bursts of a report with their numbers; whatever else a browser sends is left out."""
    for each in report if isinstance(report, list) else []:
        match each:
            case {"number": int(number), "place": int(place), "jpegs": list(texts)}:
                jpegs = [_decode(text) for text in texts[:LONGEST] if isinstance(text, str)]
                yield number, Burst(place, tuple(jpeg for jpeg in jpegs if jpeg))


def _decode(text: str) -> bytes | None:
    if len(text) > LARGEST:
        return None
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error:
        return None


def _state(key: str) -> Mapping:
    state = st.session_state.get(key)
    return state if isinstance(state, Mapping) else {}
