"""Sentences of the view."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from dlviz.training.analysis.comparison import Result, judge_difference
from dlviz.training.analysis.significance import write_chance
from dlviz.training.examples_curve import DRAWS, EPOCHS, WAYS
from dlviz.training.runs.service import Status
from dlviz.ui.labs.transfer.few_examples.state import FEWEST, MOST, WAY_TITLES
from dlviz.ui.runs import together
from dlviz.ui.runs.together import Member
from dlviz.ui.text_format.numbers import counted, percent

Points = Mapping[tuple[str, int, int], float]  # way, examples of each class, draw -> accuracy


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


def ask_for_winner(count: int) -> str:
    """Ask which way will win with so many examples of each class."""
    return f"Your guess: who wins with {counted(count, 'example')} of each class?"


def curve_progress(points: Points, statuses: Sequence[Status], whole: int) -> str:
    """Say how much of the curve is measured."""
    return f"{len(points)} of {whole} networks are trained · {together.progress(statuses)}"


def rank(points: Points, count: int) -> list[Result]:
    """Rank the ways with so many examples of each class, the best first, on draws that all have."""
    draws = [draw for draw in range(DRAWS) if all((way, count, draw) in points for way in WAYS)]
    if not draws:
        return []
    found = [
        Result(
            WAY_TITLES[way],
            np.array([points[way, count, draw] for draw in draws]),
            EPOCHS,
            "accuracy",
            "test",
            tuple(draws),
        )
        for way in WAYS
    ]
    return sorted(found, key=lambda result: -result.mean)


def find_leaders(ranked: Sequence[Result]) -> list[str]:
    """Titles of the best way, and of those that it did not beat in every draw."""
    best, *others = ranked
    return [best.label, *(other.label for other in others if not judge_difference(best, other).clear)]


def in_numbers(points: Points, counts: Sequence[int]) -> list[dict[str, str]]:
    """Rows of a table: each way's mean over its draws so far, and their range, by number of examples."""
    table = []
    for way in WAYS:
        row = {"Way": WAY_TITLES[way]}
        for count in counts:
            values = [value for (of, many, _), value in points.items() if (of, many) == (way, count)]
            cell = percent(sum(values) / len(values)) if values else "–"
            if len(values) > 1:
                cell += f" ({100 * min(values):.1f} to {100 * max(values):.1f})"
            row[str(count)] = cell
        table.append(row)
    return table


def verdict(points: Points) -> str:
    """Say who wins with the fewest examples and with the most, as far as luck lets anyone say it."""
    said = [_name_winner(ranked, count) for count in (FEWEST, MOST) if (ranked := rank(points, count))]
    return " ".join([*said, *_ceiling(rank(points, MOST))])


def _name_winner(ranked: Sequence[Result], count: int) -> str:
    """Name the best way in a sentence or two: what it reaches, and which of the others it beats for sure."""
    best, second, *_ = ranked
    begin = f"**With {counted(count, 'example')} of each class**, “{best.label}” reaches {percent(best.mean)}"
    if len(best.values) == 1:
        return f"{begin}, the most; but one draw may be luck."
    begin, every = f"{begin} on average", f"all {len(best.values)} draws"
    if (judged := judge_difference(best, second)).clear:
        beaten = f"{begin}, and beats “{second.label}” ({percent(second.mean)}) in {every}."
        return f"{beaten} {write_chance(judged.chance)} Among four, luck finds such a pair sooner."
    wins = int((best.values > second.values).sum())
    close = f"{begin}, but beats “{second.label}” in only {wins} of {len(best.values)} draws: within luck."
    leaders = find_leaders(ranked)
    if behind := [f"“{other.label}”" for other in ranked if other.label not in leaders]:
        close += f" It beats {together.in_words(behind)} in {every}."
    return close


def _ceiling(ranked: Sequence[Result]) -> list[str]:
    """Say that the frozen way is behind even a network from scratch, where every draw says so."""
    found = {result.label: result for result in ranked}
    if not found or len(ranked[0].values) == 1:
        return []
    frozen, scratch = found[WAY_TITLES["frozen"]], found[WAY_TITLES["scratch"]]
    if not (scratch.values > frozen.values).all():
        return []
    return [f"“{frozen.label}” has hit its ceiling: even “{scratch.label}” does better in every draw."]
