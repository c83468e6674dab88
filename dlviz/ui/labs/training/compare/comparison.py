"""Runs side by side as they stand now: which are alike but for their seed, and the label of each."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from string import ascii_uppercase

from dlviz.training.analysis.comparison import Group, alike, differences, leaders
from dlviz.training.experiments import EXPERIMENTS
from dlviz.training.runs.events import FINISHED
from dlviz.training.runs.service import Status
from dlviz.training.runs.store import UnknownRun
from dlviz.ui.runs import together, vocabulary
from dlviz.ui.runs.together import Member

SEED = re.compile(r" · seed \d+\b")


@dataclass(frozen=True, eq=False)
class Comparison:
    """Runs that can be shown together.

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
        """All runs."""
        return [member for group in self.groups for member in group]

    @property
    def statuses(self) -> list[Status]:
        """Statuses of all runs."""
        return [member.status for member in self.members]

    @property
    def labelled(self) -> dict[str, list[Status]]:
        """Statuses of the runs by their labels."""
        groups = zip(self.labels, self.groups, strict=True)
        return {label: [member.status for member in group] for label, group in groups}

    @property
    def settled(self) -> bool:
        """True if no run is trained or waits."""
        return together.are_settled(self.statuses)

    @property
    def finished(self) -> bool:
        """True if all runs came to their own end: those that were stopped or broke off decide nothing."""
        return all(member.status.reason in FINISHED for member in self.members)

    @property
    def curves(self) -> list[Group]:
        """The groups with their labels, as the curves draw them."""
        return [
            Group(label, [each.history for each in group], [each.config.seed for each in group])
            for label, group in zip(self.labels, self.groups, strict=True)
        ]

    @property
    def share_done(self) -> float:
        """Share of all steps that is done; a run that has ended has nothing left to do."""
        return sum(member.share_done for member in self.members) / max(len(self.members), 1)

    def leaders(self, measure: str) -> list[str]:
        """Labels of the best group by a measure, and of those within luck of it; empty while that is open."""
        return leaders(self.curves, measure) if self.finished else []


def compare(runs: Sequence[str], experiment: str = "") -> Comparison:
    """Compare runs as they stand now, labelled as an experiment labels them.

    Args:
        runs: their ids.
    """
    members, problems = list[Member](), Counter[str]()
    for run in runs:
        try:
            members.append(together.look_at(run))
        except (UnknownRun, ValueError) as problem:
            problems[str(problem)] += 1
    groups = [[members[at] for at in places] for places in alike([asdict(each.config) for each in members])]
    left_out = [
        f"{'A run is' if count == 1 else f'{count} runs are'} left out. {sentence}"
        for sentence, count in problems.items()
    ]
    return Comparison(groups, _label(groups, experiment), left_out)


def settings(group: Sequence[Member]) -> dict[str, object]:
    """Settings of a group by name, all of its seeds in place of one."""
    seeds = ", ".join(str(member.config.seed) for member in group)
    return {**asdict(group[0].config), "seed": seeds}


def _label(groups: Sequence[Sequence[Member]], experiment: str) -> list[str]:
    """A label for each group: the experiment's, else the run's name, else a letter."""
    known = {config: label for label, config in EXPERIMENTS[experiment].runs()} if experiment else {}
    differing = differences({str(at): settings(group) for at, group in enumerate(groups)})
    labels: list[str] = []
    for at, group in enumerate(groups):
        own = {name: values[at] for name, values in differing.items()}
        name = known.get(replace(group[0].config, seed=0)) or SEED.sub("", group[0].status.name)
        labels.append(name or _letter(at, own))
    return _distinct(_without_common_ending(labels))


def _without_common_ending(labels: list[str]) -> list[str]:
    """Labels without the part after the last dot where all share it, as one experiment's runs do."""
    parts = [label.rpartition(" · ") for label in labels]
    shared = len({last for _, _, last in parts}) == 1 and all(first for first, _, _ in parts)
    return [first for first, _, _ in parts] if shared and len(labels) > 1 else labels


def _distinct(labels: list[str]) -> list[str]:
    """Labels with a letter behind those that have come before."""
    return [
        f"{label} ({ascii_uppercase[at]})" if label in labels[:at] else label
        for at, label in enumerate(labels)
    ]


def _letter(at: int, own: dict[str, object]) -> str:
    """A letter, and the settings that are the group's own if they are few."""
    letter = f"Run {ascii_uppercase[at]}"
    if not 0 < len(own) <= 2:
        return letter
    values = (
        f"{vocabulary.label(name).lower()} {vocabulary.format_value(value)}" for name, value in own.items()
    )
    return f"{letter} · {', '.join(values)}"
