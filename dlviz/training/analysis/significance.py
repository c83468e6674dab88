"""Significance of a difference between two networks, each trained with some seeds. NumPy alone."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from dlviz.ui.text_format.numbers import number

Names = tuple[str, str]
ONE_EACH = "One seed each: only more seeds would show whether the difference is luck."


@dataclass(frozen=True)
class Verdict:
    """Judgement of a difference.

    Args:
        sentence: for the learner.
        clear: true if every seed speaks for the better one; of one seed each nobody knows.
        luck: true if some seeds speak against it, or nothing differs.
        chance: of so clear a difference between two equally good ones, named before they were trained.
    """

    sentence: str
    clear: bool = False
    luck: bool = False
    chance: Fraction = Fraction(1)


def compare_paired(names: Names, first: np.ndarray, second: np.ndarray, points: bool) -> Verdict:
    """Compare two networks that were trained with the same seeds.

    Args:
        names: of the better on average, and of the other.
        first, second: (seeds,), the result of each, more being better, in the same order of seeds.
        points: true for shares, whose differences are told in percentage points.
    """
    gains = first - second
    if not gains.any():
        return _no_difference(names)
    if len(gains) == 1:
        return Verdict(ONE_EACH)
    low, mean, high = (_gain(gain, points) for gain in (gains.min(), gains.mean(), gains.max()))
    unit = " points" if points else ""
    said = f"“{names[0]}” did better than “{names[1]}” with"
    count = int((gains > 0).sum())
    if count < len(gains):
        seeds = f"{count} of {len(gains)} seeds"
        return Verdict(
            f"{said} {seeds}, on average by {mean}{unit} ({low} to {high}): within luck.", luck=True
        )
    every = "both seeds" if count == 2 else f"all {count} seeds"
    said = f"{said} {every}, by {low if low == high else f'{low} to {high}'}{unit}"
    if first.min() > second.max():
        said = f"{said}, and its worst is better than the other’s best"
        chance = chance_of_separation(count, count)
    else:
        chance = Fraction(2, 2**count)
    return Verdict(f"{said}. {write_chance(chance)}", clear=True, chance=chance)


def compare_unpaired(names: Names, first: np.ndarray, second: np.ndarray) -> Verdict:
    """Compare two networks that were trained with different seeds, or numbers of them.

    Args:
        first, second: (seeds,), each of its own seeds; else as of `compare_paired`.
    """
    if np.array_equal(first, second):
        return _no_difference(names)
    if len(first) == len(second) == 1:
        return Verdict(ONE_EACH)
    if first.min() > second.max():
        chance = chance_of_separation(len(first), len(second))
        said = f"Every seed of “{names[0]}” did better than every one of “{names[1]}”."
        return Verdict(f"{said} {write_chance(chance)}", clear=True, chance=chance)
    return Verdict(
        f"The seeds of “{names[0]}” and “{names[1]}” overlap, so the difference between them is within luck.",
        luck=True,
    )


def _gain(gain: float, points: bool) -> str:
    return number(100 * gain, ".2f") if points else number(gain, "#.3g")


def _no_difference(names: Names) -> Verdict:
    return Verdict(f"“{names[0]}” and “{names[1]}” reached the very same.", luck=True)


def chance_of_separation(first: int, second: int) -> Fraction:
    """Chance that two sets of so many values do not overlap, either way, if all orders are equally likely.

    Of 1 and 2 values that is 2 in 3: the single one is the least or the greatest of three.
    """
    return Fraction(2, math.comb(first + second, first))


def write_chance(chance: Fraction) -> str:
    """Say how often luck alone makes so clear a difference."""
    times = "1 time" if chance.numerator == 1 else f"{chance.numerator} times"
    return f"Two equally good ones would differ this clearly by luck {times} in {chance.denominator:,}."
