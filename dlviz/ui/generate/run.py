"""A text written by the character LSTM, and the units that follow something in it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import streamlit as st

from dlviz.ui import warm
from dlviz.ui.generate.state import LAB, get

if TYPE_CHECKING:
    from dlviz.generation import Generated
    from dlviz.tracking import Tracker

FILE = "novel_lstm"
KEPT = f"{LAB}.made"


@dataclass(frozen=True, eq=False)
class Run:
    """What was written, the remark on the prompt, and the unit that lights the text (None for none)."""

    generated: Generated
    remark: str
    unit: int | None
    tracker: Tracker | None


def run() -> Run:
    """The learner's setting, run.

    Raises: BadWeights if the weights are missing or damaged.
    """
    from dlviz.generation import generate, prepared

    prompt, remark = prepared(get("prompt"))
    top_k = None if get("top_k") == "all" else int(get("top_k"))
    top_p = None if get("top_p") == "1" else float(get("top_p"))
    setting = prompt, get("length"), float(get("temperature")), top_k, get("seed"), top_p
    made = st.session_state.get(KEPT)
    if made is None or made[0] != setting:
        # A step through the text is no new text.
        made = st.session_state[KEPT] = setting, generate(warm.trained(FILE), *setting)
    generated = made[1]
    tracker = trackers()[get("light")] if get("light") in ("quotes", "line", "word") else None
    unit = {"unit": get("unit"), "none": None}.get(get("light"), tracker and tracker.unit)
    return Run(generated, remark, unit, tracker)


@lru_cache(maxsize=1)
def trackers() -> dict[str, Tracker]:
    """The units that follow something, measured once for all sessions."""
    from dlviz import tracking

    return tracking.trackers(warm.trained(FILE), *tracking.stretches())
