"""Tables of runs that are compared: the settings in which they differ, and the results of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from dlviz.training.analysis.comparison import Group, differences, number, result, title
from dlviz.training.options import applies
from dlviz.ui.labs.training.compare.comparison import Comparison, Member, settings
from dlviz.ui.runs import sentences, vocabulary
from dlviz.ui.text_format.markdown import plain

Rows = list[dict[str, str]]


def show_results(compared: Comparison, measure: str) -> None:
    """A row for each run, or for all seeds of one: its own settings, and what it has reached so far."""
    rows = differing_settings(
        {label: settings(group) for label, group in zip(compared.labels, compared.groups, strict=True)}
    )
    for row, group, members in zip(rows, compared.curves, compared.groups, strict=True):
        row["Run"] = _link(row["Run"], members)
        row.update(_results(group, measure))
    # What was measured on test data has no column for validation: every row gets all columns.
    names = dict.fromkeys(name for row in rows for name in row)
    rows = [
        {name: row.get(name, "–") for name in names} | {"Training took": _mean_duration(group)}
        for row, group in zip(rows, compared.curves, strict=True)
    ]
    columns = ", ".join([*rows[0]][1:]).lower()
    alt = f"{sentences.count(len(rows), 'run')} and what differs between them: {columns}."
    with st.container(key="compared"):
        st.table(rows, hide_index=True, border="horizontal", alt=alt)


def differing_settings(configs: Mapping[str, Mapping[str, object]]) -> Rows:
    """Rows with the settings in which runs differ, one for each label."""
    differing = differences(configs)
    return [
        {"Run": plain(label)}
        | {
            vocabulary.label(name): plain(vocabulary.format_value(values[at]))
            if applies(config, name)
            else "–"
            for name, values in differing.items()
        }
        for at, (label, config) in enumerate(configs.items())
    ]


def _link(label: str, members: Sequence[Member]) -> str:
    """The label with a link that opens the run, or one for each seed."""
    addresses = [f"/training?run={member.run.run}" for member in members]
    if len(members) == 1:
        return f"[{label}]({addresses[0]})"
    seeds = (f"[{each.config.seed}]({address})" for each, address in zip(members, addresses, strict=True))
    return f"{label} · seeds {', '.join(seeds)}"


def _results(group: Group, measure: str) -> dict[str, str]:
    """Column -> what the group has reached so far, as text."""
    row = {}
    for name in dict.fromkeys((measure, "loss", "accuracy")):
        reached = result(group, name)
        held = reached.held if reached else "validation"
        column = title(name, held).capitalize()
        row[column] = number(reached.mean, name) if reached else "–"
        if reached and len(group.seeds) > 1:
            low, high = reached.values.min(), reached.values.max()
            row[column] += f" ({number(low, name)} to {number(high, name)})"
    return row


def _mean_duration(group: Group) -> str:
    seconds = [seed.end("seconds") for seed in group.seeds]
    return sentences.duration(sum(seconds) / len(seconds)) if any(seconds) else "–"
