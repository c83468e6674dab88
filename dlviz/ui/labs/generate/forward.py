"""A text written by the character LSTM, and the units that follow something in it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import streamlit as st

from dlviz.ui.labs.generate.networks import Network, network
from dlviz.ui.labs.generate.state import LAB, get

if TYPE_CHECKING:
    from torch import nn

    from dlviz.generation import Generated
    from dlviz.interpretable_units import Tracker

KEPT = f"{LAB}.made"


@dataclass(frozen=True, eq=False)
class Run:
    """What was written, the remark on the prompt, and the unit that lights the text (None for none)."""

    network: Network
    generated: Generated
    remark: str
    unit: int | None
    tracker: Tracker | None


def run() -> Run:
    """The learner's setting, run.

    Raises: BadWeights if weights are missing or damaged, or those of the run cannot be shown.
    """
    from dlviz.generation import generate, prepared

    current = network()
    prompt, remark = prepared(get("prompt"))
    top_k = None if get("top_k") == "all" else int(get("top_k"))
    top_p = None if get("top_p") == "1" else float(get("top_p"))
    setting = prompt, get("length"), float(get("temperature")), top_k, get("seed"), top_p
    made = st.session_state.get(KEPT)
    if made is None or made[0] is not current.model or made[1] != setting:
        # A step through the text is no new text.
        made = st.session_state[KEPT] = current.model, setting, generate(current.model, *setting)
    light = get("light")
    tracker = trackers(current.model)[light] if light in ("quotes", "line", "word") else None
    own = min(get("unit"), current.units - 1)
    unit = {"unit": own, "none": None}.get(light, tracker and tracker.unit)
    return Run(current, made[2], remark, unit, tracker)


@lru_cache(maxsize=4)
def trackers(model: nn.Module) -> dict[str, Tracker]:
    """The units that follow something, measured once for all sessions."""
    from dlviz import interpretable_units

    return interpretable_units.trackers(model, *interpretable_units.stretches())
