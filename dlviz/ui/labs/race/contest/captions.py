"""Sentences of the view: recipes, and the verdict on a race."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from dlviz.training.analysis.significance import compare_paired
from dlviz.training.race import PAIR
from dlviz.ui.labs.race.contest.state import RUNNER_NAMES, RUNNER_TITLES, ContestFields
from dlviz.ui.text_format.numbers import counted, number, percent

Reached = Mapping[str, Mapping[int, float]]  # runner -> seed -> accuracy on test pictures
RARE = Fraction(1, 10)  # chance above which a lead is said to be within luck: that of three clear seeds
ONE_SEED = "One seed says nothing about luck: other examples could reverse it."


@dataclass(frozen=True)
class Judgement:
    """Judgement of a race.

    Args:
        lead: of the CNN in accuracy, on average over the seeds; below 0 the transformer leads.
        error: of that lead by the number of test pictures alone, two standard errors.
        clear: true if neither the seeds nor the test pictures leave it to luck.
        means: runner -> accuracy on average over the seeds that both have.
        seeds: that both have.
        sentence: on the seeds, for the learner.
    """

    lead: float
    error: float
    clear: bool
    means: Mapping[str, float]
    seeds: int
    sentence: str


def judge(reached: Reached, tested: int) -> Judgement | None:
    """Judge a race by the seeds that both networks have finished; None if there are none.

    Args:
        tested: test pictures.
    """
    first, second = PAIR
    seeds = sorted(reached.get(first, {}).keys() & reached.get(second, {}).keys())
    if not seeds:
        return None
    values = {runner: np.array([reached[runner][seed] for seed in seeds]) for runner in PAIR}
    means = {runner: float(each.mean()) for runner, each in values.items()}
    lead = means[first] - means[second]
    error = 2 * math.sqrt(sum(mean * (1 - mean) for mean in means.values()) / tested)
    better, other = PAIR if lead >= 0 else PAIR[::-1]
    compared = compare_paired(
        (RUNNER_TITLES[better], RUNNER_TITLES[other]), values[better], values[other], points=True
    )
    clear = compared.clear and compared.chance <= RARE and abs(lead) > error
    sentence = ONE_SEED if len(seeds) == 1 else compared.sentence
    if abs(lead) <= error:
        sentence += (
            f" Besides, {counted(tested, 'test picture')} measure a difference only to about "
            f"{number(100 * error, '.1f')} points either way."
        )
    return Judgement(lead, error, clear, means, len(seeds), sentence)


def verdict(judged: Judgement) -> str:
    """Say in a heading who leads, and whether that is more than luck."""
    first, second = PAIR if judged.lead >= 0 else PAIR[::-1]
    shares = [percent(judged.means[runner]) for runner in (first, second)]
    if judged.clear:
        tenths = abs(round(1000 * judged.means[first]) - round(1000 * judged.means[second]))
        # 98.85 and 96.83 are 2.0 points apart, and are written 98.9 and 96.8.
        rounded = "" if tenths == round(abs(1000 * judged.lead)) else " (all rounded)"
        return (
            f"The {RUNNER_NAMES[first]} is ahead by {in_points(judged.lead)}: "
            f"{shares[0]} against {shares[1]}{rounded}"
        )
    said = f"the {RUNNER_NAMES[first]} reaches {shares[0]}, the {RUNNER_NAMES[second]} {shares[1]}"
    return f"With one seed, {said}" if judged.seeds == 1 else f"Within luck: {said}"


def in_points(lead: float) -> str:
    """Write a difference of accuracies, whatever its sign, in percentage points."""
    return f"{number(abs(100 * lead), '.1f')} points"


def _leader(lead: float) -> str:
    return RUNNER_NAMES[PAIR[lead < 0]]


def recipes(state: ContestFields) -> str:
    """Say that one recipe for both is no fair race, and whether it is one now."""
    same = state.cnn_rate == state.transformer_rate and state.cnn_schedule == state.transformer_schedule
    if state.equal != "seconds" and same:
        return (
            "Both have the same recipe now. That is not fair: what suits one network need not suit the other."
        )
    return (
        "A race with one recipe for both is not fair: each network needs its own. Change them, and see how "
        "much of the lead comes from the recipe."
    )


def curves_alt(judged: Judgement | None) -> str:
    """Text alternative of the table of results."""
    return verdict(judged) if judged else "No seed has been finished by both networks."


def in_numbers(
    points: Mapping[tuple[str, int, int], float], counts: Mapping[int, str]
) -> list[dict[str, str]]:
    """Rows of a table: each network's mean over its seeds, and their range, by number of examples.

    Args:
        points: runner, examples, seed -> accuracy.
        counts: examples -> title.
    """
    table = []
    for runner in PAIR:
        row = {"Network": RUNNER_TITLES[runner]}
        for count, title in counts.items():
            values = [value for (of, many, _), value in points.items() if (of, many) == (runner, count)]
            row[title] = in_range(values)
        table.append(row)
    return table


def describe_leads(points: Mapping[tuple[str, int, int], float]) -> str:
    """Say how the lead changes with the number of examples; empty where both have been measured with one.

    Args:
        points: runner, examples, seed -> accuracy.
    """
    leads = {}
    for count in sorted({many for _, many, _ in points}):
        cnn, transformer = (
            [value for (of, many, _), value in points.items() if (of, many) == (runner, count)]
            for runner in PAIR
        )
        if cnn and transformer:
            leads[count] = float(np.mean(cnn) - np.mean(transformer))
    if len(leads) < 2:
        return ""
    (first, before), *_, (last, after) = leads.items()
    said = f"With {first:,} examples the {_leader(before)} leads by {in_points(before)}"
    if all(lead * before > 0 for lead in leads.values()):
        behind = RUNNER_NAMES[PAIR[before >= 0]]
        return f"{said}, with {last:,} by {in_points(after)}: the {behind} does not catch up."
    changed = f"with {last:,} the {_leader(after)} by {in_points(after)}"
    return f"{said}, {changed}: the lead changes hands on the way."


def cost(seconds: Mapping[str, float]) -> str:
    """Say how much processor time each network took on average, as far as both are known.

    Args:
        seconds: runner -> of a processor, for its batches, on average over its seeds.
    """
    if seconds.keys() < set(PAIR) or not min(seconds.values()):
        return ""
    dear, cheap = sorted(PAIR, key=lambda runner: -seconds[runner])
    times = seconds[dear] / seconds[cheap]
    spent = f"{number(seconds[dear], '.1f')} against {number(seconds[cheap], '.1f')} seconds"
    return (
        f"The {RUNNER_NAMES[dear]} took {number(times, '.1f')} times the processor time of the "
        f"{RUNNER_NAMES[cheap]}: {spent} per seed. This machine does not say how many watt-hours that is."
    )


def in_range(values: Sequence[float]) -> str:
    """Write the mean of some accuracies and, of several, their range."""
    if not values:
        return "–"
    mean = percent(float(np.mean(values)))
    return f"{mean} ({100 * min(values):.1f} to {100 * max(values):.1f})" if len(values) > 1 else mean
