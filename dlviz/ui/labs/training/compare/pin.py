"""The ways into the view Compare: a run is put among those that are compared, and all are looked at there."""

from __future__ import annotations

import streamlit as st

from dlviz.training.runs import service
from dlviz.ui.labs.training.compare.state import MOST
from dlviz.ui.labs.training.state import LAB, get, put
from dlviz.ui.labs.training.train import run_buttons
from dlviz.ui.runs import sentences
from dlviz.ui.server import owner_cookie

FULL = f"No more than {MOST} runs fit into one picture: take one out first."


def full() -> bool:
    """Whether no further run fits in."""
    return len(get("compare")) >= MOST


def button(run: str) -> None:
    """Beside a run: pin it, and once it is pinned, go where it is compared."""
    others = len(get("compare")) - 1
    if run in get("compare"):
        st.button(
            f"Compare with {sentences.count(others, 'other')}" if others else "Go to Compare",
            type="tertiary",
            icon=":material/stacked_line_chart:",
            key=f"{LAB}.pinned.go",
            on_click=go,
        )
    else:
        st.button(
            "Pin to compare",
            type="tertiary",
            icon=":material/push_pin:",
            disabled=full(),
            key=f"{LAB}.pin",
            on_click=_pin,
            args=(run,),
            help=FULL if full() else "Keeps the run, and lays its curves over those of others in Compare.",
        )


def _pin(run: str) -> None:
    choose(run, True)
    if service.shared().owned_by(run, owner_cookie.token()):
        run_buttons.do(service.shared().pin, run, True)


def choose(run: str, wanted: bool) -> None:
    """Put a run among those that are compared, or take it out."""
    others = [each for each in get("compare") if each != run]
    put("compare", [*others, run] if wanted else others)
    put("way", "own")


def go() -> None:
    """To the runs of the learner's choice."""
    put("way", "own")
    put("view", "compare")
