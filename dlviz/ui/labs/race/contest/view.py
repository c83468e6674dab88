"""The view itself, from top to bottom."""

from __future__ import annotations

import streamlit as st

from dlviz.training.runs import service
from dlviz.ui.labs.race.contest.controls import choose_recipes, set_up
from dlviz.ui.labs.race.contest.live import show_race
from dlviz.ui.labs.race.contest.panels import show_panels
from dlviz.ui.labs.race.state import LAB, State


def show(state: State) -> None:
    """Set up a race, predict it, run it, and judge it."""
    if LAB.just_opened():
        service.shared().prepare()  # a worker gets ready while the learner reads
    left, right = st.columns([1, 2.4], gap="large")
    with left:
        set_up(state)
        choose_recipes(state)
    with right:
        show_race(state)
    show_panels(state)
