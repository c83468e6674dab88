"""Panels below the race: questions on its networks, and the code behind it."""

from __future__ import annotations

from functools import partial

import streamlit as st

from dlviz.training.race import PAIR, configure
from dlviz.ui import lesson
from dlviz.ui.labs.race.contest.questions import questions, shown_code
from dlviz.ui.labs.race.contest.runs import has_data
from dlviz.ui.labs.race.contest.state import RUNNER_NAMES, RUNNER_TITLES
from dlviz.ui.labs.race.state import LAB, State


def show_panels(state: State) -> None:
    """Ask about the networks, and show the code behind the race."""
    lesson.predict(LAB, questions)
    lesson.code(LAB, shown_code, partial(_offer_script, state))


def _offer_script(state: State) -> None:
    """Offer a script that trains one of the race's runs again."""
    from dlviz.scripts.training import has_script, script_zip
    from dlviz.training.tasks import prepare

    runner = st.segmented_control(
        "Train again",
        list(PAIR),
        default=PAIR[0],
        format_func=RUNNER_TITLES.__getitem__,
        required=True,
        key=f"{LAB}.script.runner",
    )
    name, config = f"race-{runner}-{state.examples}", configure(state.race, runner, 1)
    if not has_data(state) or not has_script(config):
        st.caption("Its pictures are too many for a script, or not here.")
        return

    def pack() -> bytes:
        return script_zip(config, prepare(config), [], name)

    st.download_button(
        f"Run it yourself: the {RUNNER_NAMES[runner]} of seed 1 as a plain PyTorch script, with its pictures",
        pack,
        f"{name}.zip",
        on_click="ignore",
        key=f"{LAB}.script.zip",
        help="It prints the losses of the run, and its accuracy on the test pictures.",
    )
