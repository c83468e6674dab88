"""Several runs of one question, watched and steered together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from threading import Lock
from typing import TypeVar

import streamlit as st

from dlviz.questions import Choice
from dlviz.training.analysis.history import History
from dlviz.training.config import TrainingConfig
from dlviz.training.runs import service
from dlviz.training.runs.service import Status
from dlviz.training.runs.store import UnknownRun
from dlviz.ui.lab import Lab
from dlviz.ui.runs import commands
from dlviz.ui.runs.live_run import LiveRun, watch
from dlviz.ui.runs.polling import RESTING, SETTLED
from dlviz.ui.server import owner_cookie
from dlviz.ui.text_format.numbers import counted

Key = TypeVar("Key")
# Held while runs are looked for and handed in: two windows of a learner's who press at once hand in once.
SUBMITTING = Lock()
NO_CURVE = "One holds weights brought in from a file: nothing was trained, so it has no curve."
STATES = {"running": "learning now", "paused": "paused", "interrupted": "interrupted"}
SERVER_ENDED = "The server ended before these runs did: {}. Each can go on from where it stood."


@dataclass(frozen=True, eq=False)
class Member:
    """One of the runs, as it stands now."""

    run: LiveRun
    status: Status
    history: History
    config: TrainingConfig

    @property
    def share_done(self) -> float:
        """Share of its steps that is done."""
        return count_share_done(self.status, self.history)


def count_share_done(status: Status, history: History) -> float:
    """Count the share of a run's steps that is done; one that has ended has nothing left to do."""
    if status.state == "ended":
        return 1.0
    return min(history.step / max(history.steps_per_epoch * history.epochs_planned, 1), 1.0)


def look_at(run: str) -> Member:
    """Look at a run.

    Raises: UnknownRun; ValueError if nothing was trained, or if its config is damaged.
    """
    found = watch(run)
    history = found.history()
    if found.imported:
        raise ValueError(NO_CURVE)
    return Member(found, service.shared().status(run), history, found.config)


def are_settled(statuses: Sequence[Status]) -> bool:
    """True if no run is trained or waits."""
    return all(status.state in SETTLED for status in statuses)


def choose_interval(statuses: Sequence[Status], busy: float) -> float | None:
    """Choose the seconds between two looks at runs; None once none of them can go on.

    Args:
        busy: seconds while one is trained or waits.
    """
    if not are_settled(statuses):
        return busy
    return RESTING if any(status.can_go_on for status in statuses) else None


def progress(statuses: Sequence[Status]) -> str:
    """Say how many runs have ended, learn, or wait."""
    states = Counter(status.state for status in statuses)
    have = "has" if states.total() == 1 else "have"
    parts = [f"{states['ended']} of {counted(states.total(), 'run')} {have} ended"]
    parts += [f"{states[state]} {name}" for state, name in STATES.items() if states[state]]
    waiting = {status.place: status.queue for status in statuses if status.place}
    if waiting:
        first = min(waiting)
        parts.append(f"{len(waiting)} waiting, the first at place {first} of {waiting[first]} in the queue")
    return " · ".join(parts)


def failures(runs: Mapping[str, Sequence[Status]]) -> list[str]:
    """A sentence for each reason why runs did not come to their end by themselves, however many these are.

    Args:
        runs: by their label.
    """
    ended_with_server: dict[str, str] = {}  # label -> sentence
    labels: dict[str, list[str]] = {}  # sentence -> labels
    for label, statuses in runs.items():
        broken = [status for status in statuses if status.state == "interrupted"]
        broken += [status for status in statuses if status.reason in ("failed", "full")]
        for status in broken:
            if status.reason == "server":
                ended_with_server[label] = status.sentence
            elif label not in labels.setdefault(status.sentence, []):
                labels[status.sentence].append(label)
    lines = [f"{in_words(named)}: {sentence}" for sentence, named in labels.items()]
    if len(ended_with_server) > 1:
        lines.append(SERVER_ENDED.format(in_words([*ended_with_server])))
    else:
        lines += [f"{label}: {sentence}" for label, sentence in ended_with_server.items()]
    return lines


def in_words(labels: Sequence[str]) -> str:
    """Labels as a list in a sentence: `a`, `a and b`, `a, b and c`."""
    return " and ".join(filter(None, [", ".join(labels[:-1]), labels[-1]]))


def find_newest(statuses: Iterable[Status], names: Mapping[str, Key]) -> dict[Key, str]:
    """Find the newest run of each name, in the order of the names.

    Args:
        statuses: the newest first.
        names: of runs -> key in the result. A name that no run has is left out.
    """
    newest: dict[str, str] = {}
    for status in statuses:
        newest.setdefault(status.name, status.run)
    return {key: newest[name] for name, key in names.items() if name in newest}


def find_newest_like(statuses: Iterable[Status], configs: Mapping[Key, TrainingConfig]) -> dict[Key, str]:
    """Find the newest run of each config, whatever its name, in the order of the configs.

    Args:
        statuses: the newest first.
        configs: key in the result -> config. One that no run has is left out.
    """
    newest: dict[TrainingConfig, str] = {}
    for status in statuses:
        with suppress(UnknownRun, ValueError):
            newest.setdefault(watch(status.run).config, status.run)
    return {key: newest[config] for key, config in configs.items() if config in newest}


def answer_with_leaders(asked: Choice, leaders: Sequence[str], seeds: int = 2) -> Choice:
    """The question which of several does best, with its answer.

    Args:
        leaders: the best, then those whose difference from it is within luck; nothing as long as it is open.
        seeds: of each.
    """
    if not leaders:
        return asked
    best, *others = leaders
    told = f"{in_words(leaders)} are within luck of each other." if others else f"{best} does best."
    if seeds == 1:
        told += " With one seed each, that may be luck."
    return replace(asked, answer=best, as_good=others, because=told)


def show_buttons(lab: Lab, name: str, statuses: Sequence[Status]) -> None:
    """Offer to stop all, or to let those go on that came to no end of their own; to the owner alone.

    Args:
        name: of these runs within the lab.
    """
    runs, token = service.shared(), owner_cookie.token()
    own = [status for status in statuses if runs.owned_by(status.run, token)]
    active = [status for status in own if status.state not in SETTLED]
    idle = [status for status in own if status.can_go_on]
    with st.container(horizontal=True):
        if active:
            _button(f"{lab}.{name}", "Stop all", ":material/stop:", stop, active)
        if idle:
            _button(f"{lab}.{name}", "Let the unfinished go on", ":material/resume:", go_on, idle)
    if not (own or are_settled(statuses)):
        st.caption("You are watching another learner’s runs: only they can stop them.")
    commands.show_refusal(*(status.run for status in statuses))


def _button(
    key: str, label: str, icon: str, act: Callable[[Sequence[Status]], None], statuses: Sequence[Status]
) -> None:
    st.button(label, icon=icon, key=f"{key}.{act.__name__}", on_click=act, args=(statuses,))


def stop(statuses: Sequence[Status]) -> None:
    """Stop all of them: those that wait first, lest they take the places that become free."""
    for status in sorted(statuses, key=lambda status: status.state != "waiting"):
        commands.send(service.shared().stop, status.run)


def go_on(statuses: Sequence[Status]) -> None:
    """Let them wait for their turn again."""
    for status in statuses:
        commands.send(service.shared().go_on, status.run)
