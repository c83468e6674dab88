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
    """Text alternative of the table of ways."""
    reached = [
        f"{WAY_TITLES[way]}: {percent(lane.history.test_accuracy)} right"
        for way, lane in lanes.items()
        if lane.history.reason == "done"
    ]
    ended = "; ".join(reached) or "None has ended"
    return f"Four ways to learn, and how many parameters learn in each. {ended}."


def guess_question(count: int) -> str:
    """Ask which way will win."""
    return f"Your guess: who wins with {counted(count, 'example')} of each class?"


def results(points: Points, count: int) -> list[Result]:
    """Results of the ways with so many examples of each class, the best on average first."""
    found = []
    for way in WAYS:
        draws = [draw for draw in range(DRAWS) if (way, count, draw) in points]
        if draws:
            values = np.array([points[way, count, draw] for draw in draws])
            found.append(Result(way, values, EPOCHS, "accuracy", "test", tuple(draws)))
    return sorted(found, key=lambda result: -result.mean)


def find_leaders(ranked: Sequence[Result]) -> list[str]:
    """The best way, and those that did not lose against it with every draw."""
    best, *others = ranked
    return [best.label, *(other.label for other in others if not judge_difference(best, other).clear)]


def judge_guess(guess: str, ranked: Sequence[Result]) -> tuple[bool, str]:
    """Judge a guess: true if no way did better for sure, and a sentence."""
    leaders = find_leaders(ranked)
    names = together.in_words([WAY_TITLES[way].lower() for way in leaders])
    if len(leaders) == 1:
        return guess in leaders, f"{'Yes' if guess in leaders else 'The curve says otherwise'}: {names}."
    if guess in leaders:
        return True, f"Perhaps: {names} are within luck of each other, and yours is among them."
    return False, f"Not this one: {names} did better, and are within luck of each other."


def curve_progress(points: Points, statuses: Sequence[Status], whole: int) -> str:
    """Say how much of the curve is measured."""
    return f"{len(points)} of {whole} networks are trained · {together.progress(statuses)}"


def verdict(points: Points) -> str:
    """Say who wins with the fewest examples and with the most, as far as luck lets anyone say it."""
    lines = [_verdict_of(results(points, count), count) for count in (FEWEST, MOST)]
    return " ".join(filter(None, [*lines, _ceiling(points)]))


def _verdict_of(ranked: Sequence[Result], count: int) -> str:
    if len(ranked) < len(WAYS):
        return ""
    best, second = ranked[:2]
    begin = f"**With {counted(count, 'example')} of each class**"
    reached = f"{WAY_TITLES[best.label]} reaches {percent(best.mean)} on average"
    draws = len(best.values)
    if draws < 2:
        return f"{begin}, {reached}, the most so far; one draw may be luck."
    judged = judge_difference(best, second)
    if judged.clear:
        return (
            f"{begin}, {reached}, and beats {WAY_TITLES[second.label].lower()} ({percent(second.mean)}) in all "
            f"{draws} draws. {write_chance(judged.chance)}"
        )
    wins = int((best.values > second.values).sum()) if best.drawn == second.drawn else 0
    behind = [each for each in ranked[1:] if judge_difference(best, each).clear]
    names = together.in_words([WAY_TITLES[each.label].lower() for each in behind]) if behind else ""
    clearly = f" It beats {names} in all {draws} draws." if behind else ""
    close = f", but beats {WAY_TITLES[second.label].lower()} in only {wins} of {draws} draws: within luck."
    return f"{begin}, {reached}{close}{clearly}"


def _ceiling(points: Points) -> str:
    """Say how far the frozen way is behind with the most examples, if that is beyond luck."""
    ranked = {result.label: result for result in results(points, MOST)}
    if len(ranked) < len(WAYS) or len(ranked["frozen"].values) < 2:
        return ""
    frozen, scratch = ranked["frozen"], ranked["scratch"]
    if not (judged := judge_difference(scratch, frozen)).clear or scratch.mean < frozen.mean:
        return ""
    del judged
    return "Frozen layers have hit a ceiling: even a network from scratch does better with every draw."
