"""Runs of a race: found again, looked at, handed in; and those that ship with dlviz."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace

import streamlit as st

from dlviz.training.analysis.history import History
from dlviz.training.config import TrainingConfig
from dlviz.training.race import COUNTS, PAIR, configure, read_shipped, runners_of
from dlviz.training.runs import service
from dlviz.training.runs.events import FINISHED
from dlviz.training.runs.service import Refused
from dlviz.training.runs.store import UnknownRun
from dlviz.ui.labs.race.contest.state import COUNT_TITLES, DATA_TITLES, MOST_SEEDS, RUNNER_TITLES
from dlviz.ui.labs.race.state import LAB, State
from dlviz.ui.runs import together
from dlviz.ui.runs.live_run import watch
from dlviz.ui.runs.polling import SETTLED
from dlviz.ui.runs.together import Member
from dlviz.ui.server import owner_cookie

PROBLEM = f"{LAB}.problem"
Place = tuple[str, int]  # a runner, and a seed
Finished = Mapping[tuple[str, int, int], History]  # runner, examples, seed -> a run that has been tested


def configs(state: State, runners: Sequence[str] = PAIR) -> dict[Place, TrainingConfig]:
    """Configs of a race's runs, every runner that can read its pictures, of a seed before the next seed."""
    return {
        (runner, seed): configure(state.race, runner, seed)
        for seed in range(1, state.seeds + 1)
        for runner in runners
        if runner in runners_of(state.data)
    }


def has_data(state: State) -> bool:
    """True if the pictures of the race are here, or small enough to be fetched as the race begins."""
    from dlviz.data import cifar10

    return state.data != "cifar10" or cifar10.is_here()


def find_runs(state: State, runners: Sequence[str] = PAIR) -> dict[Place, str]:
    """Find this browser's runs of the race: of each config the newest that learns or waits.

    Where none does, the newest that came to its own end: one that was begun again and stopped does not take
    its result away.
    """
    statuses = sorted(
        service.shared().runs(owner_cookie.token()),
        key=lambda status: (status.state in SETTLED, status.reason not in FINISHED),
    )
    return together.find_newest_like(statuses, configs(state, runners))


def look_at(runs: Mapping[Place, str]) -> dict[Place, Member]:
    """Look at runs as they stand now; those that are gone are left out."""
    found = {}
    for place, run in runs.items():
        with suppress(UnknownRun, ValueError):
            found[place] = together.look_at(run)
    return found


def are_settled(members: Mapping[Place, Member]) -> bool:
    """True if no run of a race is trained or waits."""
    return together.are_settled([member.status for member in members.values()])


def share_done(member: Member) -> float:
    """Share of a run that is done: of its steps, or of its seconds."""
    seconds = member.history.batches["seconds"][-1:]
    if member.config.seconds is None or not len(seconds):
        return member.share_done
    return max(member.share_done, min(float(seconds[-1]) / member.config.seconds, 1.0))


def has_finished(history: History) -> bool:
    """True if a run has come to its own end and been tested."""
    return history.test_accuracy == history.test_accuracy


def choose_missing(
    state: State, members: Mapping[Place, Member], runners: Sequence[str] = PAIR
) -> list[Place]:
    """Choose the runs to hand in: those that have not come to their end, or all where each has."""
    every = list(configs(state, runners))
    return [
        place for place in every if place not in members or not has_finished(members[place].history)
    ] or every


def hand_in(runners: Sequence[str] = PAIR) -> None:
    """Hand in the runs that are missing; where the queue or the disk is full, those that fit."""
    state = LAB.update(shipped=False)
    with together.SUBMITTING:
        members = look_at(find_runs(state, runners))
        if not are_settled(members):
            return  # the second half of a double click, or another window of the learner's
        every = configs(state, runners)
        try:
            for runner, seed in choose_missing(state, members, runners):
                service.shared().submit(
                    every[runner, seed], owner_cookie.token(), name_run(state, runner, seed)
                )
        except Refused as problem:
            st.session_state[PROBLEM] = str(problem)


def name_run(state: State, runner: str, seed: int) -> str:
    """Name of a run in the learner's list of runs."""
    examples = f"{COUNT_TITLES[state.examples]} examples"
    return f"Race · {RUNNER_TITLES[runner]} · {DATA_TITLES[state.data]} · {examples} · seed {seed}"


def find_shipped(state: State, runners: Sequence[str] = PAIR) -> dict[Place, History]:
    """Find the runs of this very race that ship with dlviz; none where its settings are others."""
    found = {}
    for (runner, seed), config in configs(state, runners).items():
        shipped = read_shipped(runner, state.examples, seed)
        if shipped and shipped.config != config:
            return {}
        if shipped:
            found[runner, seed] = shipped.history
    return found


def find_finished(state: State, runners: Sequence[str] = PAIR) -> dict[tuple[str, int, int], History]:
    """Find this learner's races that differ from the chosen one in the number of examples alone."""
    keys = {
        configure(replace(state.race, count=count), runner, seed): (runner, count, seed)
        for count in COUNTS
        for seed in range(1, MOST_SEEDS + 1)
        for runner in runners
        if runner in runners_of(state.data)
    }
    found = {}
    for status in service.shared().runs(owner_cookie.token()):  # the newest first
        with suppress(UnknownRun, ValueError):
            run = watch(status.run)
            key = keys.get(run.config)
            if key and key not in found and has_finished(history := run.history()):
                found[key] = history
    return found


def find_all_shipped(state: State, runners: Sequence[str] = PAIR) -> dict[tuple[str, int, int], History]:
    """Find the races that ship and differ from the chosen one in the number of examples alone."""
    return {
        (runner, count, seed): history
        for count in COUNTS
        for (runner, seed), history in find_shipped(replace(state, examples=count), runners).items()
    }
