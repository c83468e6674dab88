"""The drawing pad: a paper for one digit, drawn by the learner or put there by the page.

The browser reports `{"version", "final", "seen"}` and what is on the paper: `"ink"`, a bitmap of 168×168 bits
(empty where there is none), or `"placed"`, the id of a digit of the page's that nobody has drawn on.

`seen` is the id of the newest digit of the page's that the paper has had, and decides who wins. A report made
before the page's newest digit had arrived is out of date, for that digit is about to replace what was drawn:
until a report says that it has been seen, the digit counts. From then on the report counts, whatever it says.
So a message that crosses another on the way can turn nothing back, and a placed digit needs no answer.

A placed digit says `after` which report it was asked for. Where the learner has drawn since, the browser puts
the digit away, as in the middle of a stroke, and reports the drawing anew, with the digit seen.
"""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import streamlit as st

from dlviz.ui.components import events, load_component

# One more than the browser's undo can go back to.
REMEMBERED = 51

_component = load_component("pad")


@dataclass(frozen=True, eq=False)
class Placed:
    """A digit that the page puts on the paper.

    Args:
        id: a new one puts the digit there; the same one again leaves alone what the learner has made of it.
        pixels: (28, 28) float32 in [0, 1].
        label: what the pad calls it, such as "test digit 412".
        after: number of the report after which it was asked for: a later drawing stays. None puts it there
            whatever there is.
    """

    id: str
    pixels: np.ndarray
    label: str
    after: int | None = None


@dataclass(frozen=True, eq=False)
class Drawing:
    """Content of the paper.

    Args:
        pixels: (28, 28) float32 in [0, 1] as MNIST has its digits; None if the paper is empty.
        final: False while a stroke is being drawn.
        version: the number of the browser's report, which grows; 0 where none is needed.
        placed: the digit of the page's that is on the paper, untouched.
        ink: (168, 168) uint8 as the learner has drawn it, 1 where there is ink; None where it is not drawn.
    """

    pixels: np.ndarray | None = None
    source: Literal["empty", "drawn", "placed"] = "empty"
    final: bool = True
    version: int = 0
    placed: Placed | None = None
    ink: np.ndarray | None = None


def surprise_asked(key: str) -> int | None:
    """Number of the report after which the learner has asked for any test digit; None if that is not so.

    To be looked at before the pad is drawn; each is told once.
    """
    return st.session_state.pop(f"{key}.asked", None)


def last_version(key: str) -> int:
    """Number of the pad's newest report; 0 for none."""
    match _state(key):
        case {"drawing": {"version": int(version)}}:
            return version
    return 0


def pad(
    key: str, placed: Placed | None = None, invitation: str = "Draw a digit", surprises: bool = True
) -> Drawing:
    """Draw the pad; the learner's drawing on it.

    Args:
        key: the pad's key in the session's state.
        placed: the newest digit the page has put on the paper. It is passed in every run, and again when the
            learner comes back to the page: the pad's own state is gone by then.
        invitation: what stands on the empty paper.
        surprises: true to offer a test digit, by the tool “Surprise me”.
    """
    report, heard = _state(key).get("drawing"), f"{key}.heard"
    st.session_state[heard] = max(st.session_state.get(heard, 0), last_version(key))
    data = {
        "key": key,
        "held": report is not None,
        "heard": st.session_state[heard],
        "placed": placed and _message(placed),
        "invitation": invitation,
        "surprises": surprises,
    }
    _component(
        key=key, data=data, on_drawing_change=events.heard, on_surprise_change=lambda: _ask_for_surprise(key)
    )
    return _read(report, placed, _remember(key, placed))


def _state(key: str) -> Mapping:
    state = st.session_state.get(key)
    return state if isinstance(state, Mapping) else {}


def _ask_for_surprise(key: str) -> None:
    """Keep the wish for a test digit: a run that a later report ends early may not come as far as the pad."""
    version = _state(key).get("surprise")
    if type(version) is int:
        st.session_state[f"{key}.asked"] = version


def _message(placed: Placed) -> dict[str, object]:
    grey = np.rint(placed.pixels * 255).astype(np.uint8)
    pixels = base64.b64encode(grey.tobytes()).decode()
    return {"id": placed.id, "label": placed.label, "after": placed.after, "pixels": pixels}


def _remember(key: str, placed: Placed | None) -> Mapping[str, Placed]:
    """The digits lately placed, by id: undo may bring an older one back."""
    known: dict[str, Placed] = st.session_state.setdefault(f"{key}.placed", {})
    if placed is not None and placed.id not in known:
        known[placed.id] = placed
        for old in list(known)[:-REMEMBERED]:
            del known[old]
    return known


def _read(report: object, placed: Placed | None, known: Mapping[str, Placed]) -> Drawing:
    """The drawing that a report stands for; nonsense stands for an empty paper."""
    if placed is not None and not (isinstance(report, Mapping) and report.get("seen") == placed.id):
        return Drawing(placed.pixels, "placed", placed=placed)
    match report:
        case {"version": int(version), "final": bool(final), "ink": str(text)} if 0 <= version < 2**53:
            ink = _unpacked(text)
            if ink is None:
                return Drawing(None, "empty", final, version)
            return Drawing(_prepared(ink), "drawn", final, version, ink=ink)
        case {"version": int(version), "final": bool(final), "placed": str(name)} if name in known:
            return Drawing(known[name].pixels, "placed", final, version, known[name])
    return Drawing()


def _unpacked(text: str) -> np.ndarray | None:
    """The bitmap of a report; None where it has no ink, or is none."""
    if not text:
        return None
    from dlviz.data import digits  # late: it takes torch with it

    try:
        ink = digits.unpack_ink(text)
    except ValueError:
        return None
    return ink if ink.any() else None


def _prepared(ink: np.ndarray) -> np.ndarray:
    from dlviz.data import digits

    return digits.prepare(ink)
