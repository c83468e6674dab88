"""Shuffled patches: the runs of both networks that learn from them again, and what they come to."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress

import numpy as np
import streamlit as st

from dlviz.training.race import PAIR
from dlviz.training.runs import service
from dlviz.training.runs.service import Refused
from dlviz.training.runs.store import UnknownRun
from dlviz.training.shuffled_race import COMMAND, EXAMPLES, KEYS, SEEDS, Key, configure_run, read
from dlviz.ui.labs.race.contest.state import RUNNER_TITLES
from dlviz.ui.labs.race.state import LAB
from dlviz.ui.labs.race.stress_tests import captions
from dlviz.ui.labs.race.stress_tests.forward import LearnedAgain
from dlviz.ui.runs import together
from dlviz.ui.runs.together import Member
from dlviz.ui.server import owner_cookie
from dlviz.ui.text_format.markdown import plain
from dlviz.ui.text_format.numbers import counted
from dlviz.ui.verdict import show_sentence

EVERY = 1.0  # seconds between two looks at runs that are trained or wait
PROBLEM, SEEN = f"{LAB}.shuffled.problem", f"{LAB}.shuffled.seen"
SHIPPED = f"Ready-made results, {EXAMPLES:,} examples and {len(SEEDS)} seeds each, made by `{COMMAND}`."


def find_runs() -> dict[Key, Member]:
    """Find the newest of this browser's runs of each config."""
    configs = {key: configure_run(*key) for key in KEYS}
    runs = together.find_newest_like(service.shared().runs(owner_cookie.token()), configs)
    found = {}
    for key, run in runs.items():
        with suppress(UnknownRun, ValueError):
            found[key] = together.look_at(run)
    return found


def measure(runs: Mapping[Key, Member]) -> LearnedAgain:
    """Take the test accuracies of the runs that have come to their end."""
    return arrange(
        {key: run.history.test_accuracy for key, run in runs.items() if run.history.reason == "done"}
    )


def arrange(accuracies: Mapping[Key, float]) -> LearnedAgain:
    """Arrange accuracies by network and seed."""
    plain, shuffled = (
        np.array([[accuracies.get((runner, order, seed), np.nan) for seed in SEEDS] for runner in PAIR])
        for order in (False, True)
    )
    return LearnedAgain(plain, shuffled)


def show_runs() -> LearnedAgain:
    """Show what both reach, offer to train the runs, and watch them; the results that are shown, if whole."""
    runs = find_runs()
    statuses = [member.status for member in runs.values()]
    settled, missing = together.are_settled(statuses), list_missing(runs)
    st.session_state[SEEN] = settled, [*runs]
    every = together.choose_interval(statuses, EVERY)
    st.fragment(run_every=every, key=f"{LAB}.shuffled.live")(_show)()
    if missing:
        st.button(
            f"Run it yourself: {counted(len(missing), 'run')}",
            icon=":material/play_arrow:",
            disabled=not settled,
            key=f"{LAB}.shuffled.train",
            on_click=_train,
            help="Each network learns by its recipe of the race, with patches as they are and shuffled.",
        )
    if problem := st.session_state.pop(PROBLEM, ""):
        st.error(problem, icon=":material/block:")
    return measure(runs) if runs else arrange(read())


def list_missing(runs: Mapping[Key, Member]) -> list[Key]:
    """List the runs that there are not, or that have not come to their end."""
    return [key for key in KEYS if key not in runs or runs[key].history.reason != "done"]


def _train() -> None:
    """Hand in the runs that are missing; where the queue or the disk is full, those that fit."""
    with together.SUBMITTING:
        runs = find_runs()
        if not together.are_settled([member.status for member in runs.values()]):
            return  # the second half of a double click, or another window of the learner's
        try:
            for key in list_missing(runs):
                service.shared().submit(configure_run(*key), owner_cookie.token(), name_run(*key))
        except Refused as problem:
            st.session_state[PROBLEM] = str(problem)


def name_run(runner: str, shuffled: bool, seed: int) -> str:
    """Name a run in the lists of runs."""
    order = "patches shuffled" if shuffled else "patches as they are"
    return f"{RUNNER_TITLES[runner]} · {order} · {EXAMPLES:,} examples · seed {seed}"


def _show() -> None:
    runs = find_runs()
    statuses = [member.status for member in runs.values()]
    settled = together.are_settled(statuses)
    if not settled:
        done = sum(member.share_done for member in runs.values()) / len(KEYS)
        st.progress(done, together.progress(statuses))
    for sentence in together.failures({name_run(*key): [member.status] for key, member in runs.items()}):
        st.error(plain(sentence), icon=":material/error:")
    if any(status.state != "ended" for status in statuses):
        together.show_buttons(LAB, "shuffled", statuses)
    found = measure(runs) if runs else arrange(read())
    st.table(
        captions.shuffled_rows(found),
        hide_index=True,
        border="horizontal",
        alt=captions.shuffled_alt(found),
    )
    if found.is_whole:
        show_sentence(f"{LAB}.shuffled.verdict", st.markdown, captions.compare_shuffled(found))
    if not runs:
        st.caption(SHIPPED)
    if (settled, [*runs]) != st.session_state[SEEN]:
        st.rerun(scope="app")
