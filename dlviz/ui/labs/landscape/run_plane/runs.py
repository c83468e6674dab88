"""Runs of the view: the learner's own, those of a link, and three that workers train now from one start."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace

import streamlit as st

from dlviz.training.config import TrainingConfig
from dlviz.training.loss_surface import Network
from dlviz.training.runs import service
from dlviz.training.runs.service import Refused
from dlviz.training.runs.store import UnknownRun
from dlviz.ui.labs.landscape.run_plane import captions
from dlviz.ui.labs.landscape.run_plane.state import MOST_RUNS, SETS
from dlviz.ui.labs.landscape.state import LAB, State
from dlviz.ui.runs import commands, together
from dlviz.ui.runs.together import Member
from dlviz.ui.server import owner_cookie
from dlviz.ui.verdict import show_sentence

OFFERED = 20  # of the learner's runs
MOST_STEPS = 16  # checkpoints of a run that span the plane
PROBLEM = f"{LAB}.plane.problem"
BASE = TrainingConfig(model="MLP", samples=2_048, epochs=10)


def look_at(run: str) -> Member | None:
    """Look at a run as it stands now; None if it is gone, or nothing was trained."""
    with suppress(UnknownRun, ValueError):
        return together.look_at(run)
    return None


def choose_runs(state: State) -> list[Member]:
    """Offer the learner's runs and those of the link; the chosen ones, the oldest first."""
    own = [each.run for each in service.shared().runs(owner_cookie.token()) if each.kind == "trained"]
    offered = dict.fromkeys([*state.runs, *own[:OFFERED]])
    found = {run: member for run in offered if (member := look_at(run))}
    if gone := [run for run in state.runs if run not in found]:
        told = captions.tell_gone(len(gone))
        show_sentence(f"{LAB}.plane.gone", st.warning, told, icon=":material/link_off:")
        LAB.update(runs=[run for run in state.runs if run in found])
    if not found:
        return []
    st.multiselect(
        "Runs",
        list(found),
        format_func=lambda run: captions.name_option(found[run]),
        max_selections=MOST_RUNS,
        placeholder="Choose some",
        wrap=True,
        key=LAB.key("runs"),
        help="Runs of one network that begin with the same seed share a plane.",
    )
    chosen = [found[run] for run in LAB.read().runs]
    return sorted(chosen, key=lambda member: member.status.age)


def offer_training(again: bool) -> None:
    """Offer to train three runs from one start.

    Args:
        again: true if there are runs in the picture already.
    """
    with st.popover("Train three others", icon=":material/add:") if again else st.container():
        st.radio(
            "Three runs from one start", list(SETS), format_func=SETS.__getitem__, key=LAB.key("runs_set")
        )
        st.toggle("With batch norm", key=LAB.key("runs_norm"))
        st.button(
            "Train three runs",
            type="secondary" if again else "primary",
            icon=":material/play_arrow:",
            key=f"{LAB}.plane.train",
            on_click=_train,
            help=f"An MLP on {BASE.samples:,} digits, {BASE.epochs} epochs each: a few seconds if "
            "nobody else is waiting.",
        )
    if problem := st.session_state.pop(PROBLEM, ""):
        st.error(problem, icon=":material/block:")


def configure_set(state: State) -> dict[str, TrainingConfig]:
    """Configs of three runs from one start, by their names."""
    base = replace(BASE, batch_norm=state.runs_norm)
    sgd = replace(base, optimizer="SGD", learning_rate=0.1)
    sets: Mapping[str, list[TrainingConfig]] = {
        "optimizers": [sgd, replace(base, optimizer="momentum", learning_rate=0.03), base],
        "rates": [replace(sgd, learning_rate=rate) for rate in (0.01, 0.1, 0.5)],
    }
    return {captions.name_run(config): config for config in sets[state.runs_set]}


def _train() -> None:
    """Hand in the three runs, or let those that were stopped go on, and choose them; none learns twice."""
    state = LAB.read()
    with together.SUBMITTING:
        configs = configure_set(state)
        there = together.find_newest_like(service.shared().runs(owner_cookie.token()), configs)
        chosen = []
        try:
            for name, config in configs.items():
                found = there.get(name)
                if found and service.shared().status(found).can_go_on:
                    commands.send(service.shared().go_on, found)
                chosen.append(found or service.shared().submit(config, owner_cookie.token(), name))
        except Refused as problem:
            st.session_state[PROBLEM] = str(problem)
    LAB.update(runs=chosen)


def span(members: list[Member]) -> tuple[Network, ...]:
    """Checkpoints of runs that span their plane: all, or of many those at even distances and both ends."""
    networks = []
    for member in members:
        steps = [*service.shared().store.checkpoints(member.run.run)]
        last = len(steps) - 1
        places = {round(at * last / (MOST_STEPS - 1)) for at in range(MOST_STEPS)}
        networks.append(Network(member.run.run, tuple(steps[at] for at in sorted(places))))
    return tuple(networks)
