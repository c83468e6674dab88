"""Sentences of the view."""

from __future__ import annotations

from collections.abc import Mapping

from dlviz.training.examples_curve import WAYS
from dlviz.ui.labs.transfer.few_examples.state import WAY_TITLES
from dlviz.ui.runs.accuracy_curve import Design, Points, rank
from dlviz.ui.runs.together import Member
from dlviz.ui.text_format.numbers import percent


def table_alt(lanes: Mapping[str, Member]) -> str:
    """Text alternative of the table of ways.

    Args:
        lanes: title -> lane, as they stand now.
    """
    reached = [
        f"{title}: {percent(lane.history.test_accuracy)} right"
        for title, lane in lanes.items()
        if lane.history.reason == "done"
    ]
    ended = "; ".join(reached) or "None has ended"
    return f"Four ways to learn, and how many parameters learn in each. {ended}."


def compare_lanes(lanes: Mapping[str, Member]) -> str:
    """Say which lane is right most often and which least; empty until all have come to their end.

    Args:
        lanes: title -> lane, as they stand now.
    """
    reached = {
        title: lane.history.test_accuracy for title, lane in lanes.items() if lane.history.reason == "done"
    }
    if len(reached) < len(WAYS):
        return ""
    ranked = sorted(reached, key=lambda title: -reached[title])
    best, last = (f"“{title}”" for title in (ranked[0], ranked[-1]))
    if reached[ranked[0]] == reached[ranked[-1]]:
        return "All four are right equally often."
    return (
        f"Of the same test pictures, {best} gets most right, {last} fewest. One draw may be luck: see below."
    )


def tell_ceiling(design: Design, points: Points) -> str:
    """Say that the frozen way is behind even a network from scratch, where every draw says so."""
    found = {result.label: result for result in rank(design, points, design.counts[-1])}
    frozen, scratch = (found.get(WAY_TITLES[way]) for way in ("frozen", "scratch"))
    if frozen is None or scratch is None or len(frozen.values) == 1:
        return ""
    if not (scratch.values > frozen.values).all():
        return ""
    return f"“{frozen.label}” has hit its ceiling: even “{scratch.label}” does better in every draw."
