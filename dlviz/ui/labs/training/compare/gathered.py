"""Runs side by side: which are alike but for their seed, what they are called, and what each has come to."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from string import ascii_uppercase

from dlviz.training.analysis.comparison import Group, alike, compare, differences
from dlviz.training.analysis.history import History
from dlviz.training.config import TrainingConfig
from dlviz.training.experiments import EXPERIMENTS
from dlviz.training.runs import service
from dlviz.training.runs.events import FINISHED
from dlviz.training.runs.service import Status
from dlviz.training.runs.store import UnknownRun
from dlviz.ui.runs import vocabulary
from dlviz.ui.runs.live_run import LiveRun, watch

SETTLED = ("ended", "interrupted")
OWN_DATA = ("drawings", "table")
SEED = re.compile(r" · seed \d+\b")
NO_CURVE = "One holds weights brought in from a file: nothing was trained, so it has no curve."
CHANGED = (
    "Each of these runs carries the learner’s own data as they were when it began: their losses compare only "
    "if the data were the same."
)


@dataclass(frozen=True, eq=False)
class Member:
    """One of the runs, as it stands now."""

    run: LiveRun
    status: Status
    history: History
    config: TrainingConfig


@dataclass(frozen=True, eq=False)
class Compared:
    """The runs that can be shown.

    Args:
        groups: those that differ in their seed alone stand together.
        labels: one a group, no two the same.
        problems: a sentence for whatever was left out.
    """

    groups: list[list[Member]]
    labels: list[str]
    problems: list[str]

    @property
    def members(self) -> list[Member]:
        return [member for group in self.groups for member in group]

    @property
    def over(self) -> bool:
        """Whether no run is trained or waits."""
        return all(member.status.state in SETTLED for member in self.members)

    @property
    def can_go_on(self) -> bool:
        """Whether an owner may let one of them go on, perhaps elsewhere."""
        return any(member.status.can_go_on for member in self.members)

    @property
    def finished(self) -> bool:
        """Whether all runs came to their own end: those that were stopped or broke off decide nothing."""
        return all(member.status.reason in FINISHED for member in self.members)

    @property
    def named(self) -> list[Group]:
        """What the curves draw."""
        return [
            Group(label, [each.history for each in group], [each.config.seed for each in group])
            for label, group in zip(self.labels, self.groups, strict=True)
        ]


def gather(runs: Sequence[str], experiment: str = "") -> Compared:
    """The runs as they stand now, called as the experiment calls them."""
    found, problems = list[Member](), Counter[str]()
    for run in runs:
        try:
            found.append(_member(run))
        except (UnknownRun, ValueError) as problem:
            problems[str(problem)] += 1
    groups = [[found[at] for at in places] for places in alike([asdict(each.config) for each in found])]
    return Compared(groups, _labels(groups, experiment), [_left_out(*each) for each in problems.items()])


def _member(run: str) -> Member:
    """Raises: UnknownRun; ValueError if nothing was trained, or if its config is damaged."""
    look = watch(run)
    history = look.history()
    if look.imported:
        raise ValueError(NO_CURVE)
    return Member(look, service.shared().status(run), history, look.config)


def _left_out(sentence: str, count: int) -> str:
    return f"{'A run is' if count == 1 else f'{count} runs are'} left out. {sentence}"


def _labels(groups: Sequence[Sequence[Member]], experiment: str) -> list[str]:
    known = {config: label for label, config in EXPERIMENTS[experiment].runs()} if experiment else {}
    rows = differences({str(at): setting(group) for at, group in enumerate(groups)})
    labels: list[str] = []
    for at, group in enumerate(groups):
        own = {name: values[at] for name, values in rows.items()}
        name = known.get(replace(group[0].config, seed=0)) or SEED.sub("", group[0].status.name)
        labels.append(name or _letter(at, own))
    return _distinct(_short(labels))


def _short(labels: list[str]) -> list[str]:
    """Without the part after the last dot where it is the same of all, as of one experiment's runs."""
    parts = [label.rpartition(" · ") for label in labels]
    same = len({last for _, _, last in parts}) == 1 and all(first for first, _, _ in parts)
    return [first for first, _, _ in parts] if same and len(labels) > 1 else labels


def _distinct(labels: list[str]) -> list[str]:
    """With a letter behind those that have come before."""
    return [
        f"{label} ({ascii_uppercase[at]})" if label in labels[:at] else label
        for at, label in enumerate(labels)
    ]


def _letter(at: int, own: dict[str, object]) -> str:
    """A letter, and what is its own if that is short."""
    letter = f"Run {ascii_uppercase[at]}"
    told = ", ".join(
        f"{vocabulary.label(name).lower()} {vocabulary.format_value(value)}" for name, value in own.items()
    )
    return f"{letter} · {told}" if told and len(own) <= 2 else letter


def setting(group: Sequence[Member]) -> dict[str, object]:
    """What a group was told to do, all of its seeds in place of one."""
    seeds = ", ".join(str(member.config.seed) for member in group)
    return {**asdict(group[0].config), "seed": seeds}


def verdict(compared: Compared, measure: str) -> str:
    """Who did best, or why nobody can say."""
    tasks = {
        label: group[0].config.task for label, group in zip(compared.labels, compared.groups, strict=True)
    }
    if len({*tasks.values()}) == 1:
        return compare(compared.named, measure)
    learned = "; ".join(f"{label}: {vocabulary.TASKS[task]}" for label, task in tasks.items())
    return (
        f"These runs learn different things ({learned}). The losses of different tasks cannot be compared, "
        "so none of them is ahead."
    )


def caution(compared: Compared) -> str:
    """What else stands in the way of a comparison; empty if nothing does."""
    tasks = {member.config.task for member in compared.members}
    if len(compared.groups) < 2 or len(tasks) > 1:
        return ""
    if tasks <= {*OWN_DATA}:
        return CHANGED
    held = {member.run.start.get("validation") for member in compared.members} - {None, 0}
    if len(held) < 2:
        return ""
    counts = " and ".join(f"{count:,}" for count in sorted(map(int, map(str, held))))
    return f"Not all were measured on the same: {counts} held-out examples. Small differences say nothing."


def standing(compared: Compared) -> str:
    """How many are where."""
    states = Counter(member.status.state for member in compared.members)
    parts = [f"{states['ended']} of {states.total()} runs have ended"]
    parts += [
        f"{states[state]} {told}"
        for state, told in (("running", "learning now"), ("paused", "paused"), ("interrupted", "interrupted"))
        if states[state]
    ]
    waiting = {m.status.place: m.status.queue for m in compared.members if m.status.place}
    if waiting:
        first = min(waiting)
        parts.append(f"{len(waiting)} waiting, the first at place {first} of {waiting[first]} in the queue")
    return " · ".join(parts)


def share(compared: Compared) -> float:
    """How much of all the steps is done; a run that has ended has nothing left to do."""
    done = []
    for member in compared.members:
        planned = member.history.steps_per_epoch * member.history.epochs_planned
        done.append(1.0 if member.status.state == "ended" else member.history.step / max(planned, 1))
    return min(sum(done) / max(len(done), 1), 1.0)


def stopped(compared: Compared) -> str:
    """Which runs were stopped, and how far they were; empty if none was."""
    told = [
        f"{label} ({where})"
        for label, group in zip(compared.labels, compared.groups, strict=True)
        if (where := _stopped(group))
    ]
    return f"Stopped before the end: {', '.join(told)}." if told else ""


def _stopped(group: Sequence[Member]) -> str:
    found = [member.history for member in group if member.status.reason == "stopped"]
    if not found or len(group) > 1:
        return f"{len(found)} of {len(group)} seeds" if found else ""
    (run,) = found
    planned = run.steps_per_epoch * run.epochs_planned
    return f"after step {run.step:,} of {planned:,}" if run.step else "before its first step"


def broken(compared: Compared) -> list[str]:
    """A sentence for each group of which a run did not come to its end by itself."""
    told = []
    for label, group in zip(compared.labels, compared.groups, strict=True):
        sentences = {
            member.status.sentence
            for member in group
            if member.status.state == "interrupted" or member.status.reason in ("failed", "full")
        }
        told += [f"{label}: {sentence}" for sentence in sorted(sentences)]
    return told
