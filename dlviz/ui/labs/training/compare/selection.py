"""Selection of the runs that are compared, from wherever in the lab a run is seen."""

from __future__ import annotations

import streamlit as st

from dlviz.training.runs import service
from dlviz.ui.labs.training.compare.state import MOST_RUNS
from dlviz.ui.labs.training.state import LAB, State
from dlviz.ui.runs import commands, sentences
from dlviz.ui.server import owner_cookie

FULL = f"No more than {MOST_RUNS} runs fit into one picture: take one out first."


def is_full(state: State) -> bool:
    """True if no further run fits into the picture."""
    return len(state.compare) >= MOST_RUNS


def show_pin(run: str, state: State) -> None:
    """Offer to pin a run, and once it is pinned, to go where it is compared."""
    others = len(state.compare) - 1
    if run in state.compare:
        st.button(
            f"Compare with {sentences.count(others, 'other')}" if others else "Go to Compare",
            type="tertiary",
            icon=":material/stacked_line_chart:",
            key=f"{LAB}.pinned.go",
            on_click=go_to_compare,
        )
        return
    full = is_full(state)
    st.button(
        "Pin to compare",
        type="tertiary",
        icon=":material/push_pin:",
        disabled=full,
        key=f"{LAB}.pin",
        on_click=_pin,
        args=(run,),
        help=FULL if full else "Keeps the run, and lays its curves over those of others in Compare.",
    )


def _pin(run: str) -> None:
    select(run, True)
    if service.shared().owned_by(run, owner_cookie.token()):
        commands.send(service.shared().pin, run, True)


def select(run: str, selected: bool) -> None:
    """Put a run among those that are compared, or take it out."""
    others = [each for each in LAB.read().compare if each != run]
    LAB.update(compare=[*others, run] if selected else others, way="own")


def go_to_compare() -> None:
    """Open the view Compare with the runs of the learner's choice."""
    LAB.update(way="own", view="compare")
