"""What differs between runs, and what each came to, in a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from dlviz.training.comparison import MEASURES, Group, differences, number, result
from dlviz.ui.plain import plain
from dlviz.ui.training import told, words
from dlviz.ui.training.compared import Compared, setting

Rows = list[dict[str, str]]


def show(now: Compared, measure: str) -> None:
    """A row a run, or all seeds of one."""
    settings = {label: setting(group) for label, group in zip(now.labels, now.groups, strict=True)}
    rows = differing(settings)
    for row, group in zip(rows, now.named, strict=True):
        row.update(_reached(group, measure))
    with st.container(key="compared"):
        st.table(rows, hide_index=True, border="horizontal", alt=_alt(rows))


def differing(settings: Mapping[str, Mapping[str, object]]) -> Rows:
    """The settings in which they differ, a row a label."""
    found = differences(settings)
    return [
        {"Run": plain(label)}
        | {words.setting(name): plain(words.value(values[at])) for name, values in found.items()}
        for at, label in enumerate(settings)
    ]


def _reached(group: Group, measure: str) -> dict[str, str]:
    """What it has reached so far, as text."""
    row = {}
    for name in dict.fromkeys(("last" if measure == "last" else "loss", "accuracy")):
        reached = result(group, name)
        held = reached.held if reached else "validation"
        title = MEASURES[name][0].format(held=held).capitalize()
        row[title] = number(reached.mean, name) if reached else "–"
        if reached and len(group.seeds) > 1:
            low, high = reached.values.min(), reached.values.max()
            row[title] += f" ({number(low, name)} to {number(high, name)})"
    row["Training took"] = _took(group)
    return row


def _took(group: Group) -> str:
    """The seconds of one run, on average."""
    seconds = [seed.end("seconds") for seed in group.seeds]
    return told.duration(sum(seconds) / len(seconds))


def _alt(rows: Sequence[Mapping[str, str]]) -> str:
    """The table's text alternative: what stands in it."""
    names = list(rows[0])[1:]
    return f"{told.count(len(rows), 'run')} and what differs between them: {', '.join(names).lower()}."
