"""What differs between runs, and what each came to, in a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from dlviz.training.analysis.comparison import Group, differences, number, result, title
from dlviz.ui.labs.training.compare.gathered import Compared, Member, setting
from dlviz.ui.runs import sentences, vocabulary
from dlviz.ui.text_format.markdown import plain

Rows = list[dict[str, str]]


def show(now: Compared, measure: str) -> None:
    """A row a run, or all seeds of one."""
    settings = {label: setting(group) for label, group in zip(now.labels, now.groups, strict=True)}
    rows = differing(settings)
    for row, group, members in zip(rows, now.named, now.groups, strict=True):
        row["Run"] = _linked(row["Run"], members)
        row.update(_reached(group, measure))
    rows = _even(rows)
    with st.container(key="compared"):
        st.table(rows, hide_index=True, border="horizontal", alt=_alt(rows))


def differing(settings: Mapping[str, Mapping[str, object]]) -> Rows:
    """The settings in which they differ, a row a label."""
    found = differences(settings)
    return [
        {"Run": plain(label)}
        | {
            vocabulary.label(name): plain(vocabulary.format_value(values[at]))
            for name, values in found.items()
        }
        for at, label in enumerate(settings)
    ]


def _linked(label: str, members: Sequence[Member]) -> str:
    """The label with a link that opens the run, or one for each seed."""
    if len(members) == 1:
        return f"[{label}]({_address(members[0])})"
    seeds = ", ".join(f"[{member.config.seed}]({_address(member)})" for member in members)
    return f"{label} · seeds {seeds}"


def _address(member: Member) -> str:
    return f"/training?run={member.run.run}"


def _even(rows: Rows) -> Rows:
    """Every row with all columns: what was measured on test data has none for validation."""
    last = "Training took"
    names = [name for row in rows for name in row if name != last]
    return [{name: row.get(name, "–") for name in dict.fromkeys([*names, last])} for row in rows]


def _reached(group: Group, measure: str) -> dict[str, str]:
    """What it has reached so far, as text."""
    row = {}
    for name in dict.fromkeys(("last" if measure == "last" else "loss", "accuracy")):
        reached = result(group, name)
        held = reached.held if reached else "validation"
        column = title(name, held).capitalize()
        row[column] = number(reached.mean, name) if reached else "–"
        if reached and len(group.seeds) > 1:
            low, high = reached.values.min(), reached.values.max()
            row[column] += f" ({number(low, name)} to {number(high, name)})"
    row["Training took"] = _took(group)
    return row


def _took(group: Group) -> str:
    """The seconds of one run, on average."""
    seconds = [seed.end("seconds") for seed in group.seeds]
    return sentences.duration(sum(seconds) / len(seconds)) if any(seconds) else "–"


def _alt(rows: Sequence[Mapping[str, str]]) -> str:
    """The table's text alternative: what stands in it."""
    names = list(rows[0])[1:]
    return f"{sentences.count(len(rows), 'run')} and what differs between them: {', '.join(names).lower()}."
