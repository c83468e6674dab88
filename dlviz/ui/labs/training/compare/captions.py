"""Sentences on runs that are compared."""

from __future__ import annotations

from dlviz.training.analysis import comparison as analysis
from dlviz.ui.labs.training.compare.comparison import Comparison
from dlviz.ui.runs import vocabulary

OWN_DATA = {"drawings", "table"}  # tasks
OWN_DATA_CAUTION = (
    "Each of these runs carries the learner’s own data as they were when it began: their losses compare only "
    "if the data were the same."
)


def verdict(compared: Comparison, measure: str) -> str:
    """Say who did best, or why nobody can say."""
    tasks = {
        label: group[0].config.task for label, group in zip(compared.labels, compared.groups, strict=True)
    }
    if len({*tasks.values()}) == 1:
        return analysis.compare(compared.curves, measure)
    learned = "; ".join(f"{label}: {vocabulary.TASKS[task]}" for label, task in tasks.items())
    return (
        f"These runs learn different things ({learned}). The losses of different tasks cannot be compared, "
        "so none of them is ahead."
    )


def caution(compared: Comparison) -> str:
    """Say what else stands in the way of a comparison; empty if nothing does."""
    tasks = {member.config.task for member in compared.members}
    if len(compared.groups) < 2 or len(tasks) > 1:
        return ""
    if tasks <= OWN_DATA:
        return OWN_DATA_CAUTION
    held_out = {member.run.start.get("validation") for member in compared.members} - {None, 0}
    if len(held_out) < 2:
        return ""
    counts = " and ".join(f"{count:,}" for count in sorted(map(int, map(str, held_out))))
    return f"Not all were measured on the same: {counts} held-out examples. Small differences say nothing."


def stopped(compared: Comparison) -> str:
    """Say which runs were stopped, and how far they were; empty if none was."""
    parts = []
    for label, group in zip(compared.labels, compared.groups, strict=True):
        histories = [member.history for member in group if member.status.reason == "stopped"]
        if histories and len(group) > 1:
            parts.append(f"{label} ({len(histories)} of {len(group)} seeds)")
        elif histories:
            (history,) = histories
            planned = history.steps_per_epoch * history.epochs_planned
            step = f"after step {history.step:,} of {planned:,}" if history.step else "before its first step"
            parts.append(f"{label} ({step})")
    return f"Stopped before the end: {', '.join(parts)}." if parts else ""
