"""Significance of a difference between two networks, each trained with some seeds. NumPy alone."""

from __future__ import annotations

import math

import numpy as np

Names = tuple[str, str]
ONE_EACH = "One seed each: only more seeds would show whether the difference is luck."


def compare_paired(names: Names, first: np.ndarray, second: np.ndarray, points: bool) -> str:
    """Compare two networks that were trained with the same seeds, in a sentence.

    Args:
        names: of the better on average, and of the other.
        first, second: (seeds,), the result of each, more being better, in the same order of seeds.
        points: true for shares, whose differences are told in percentage points.
    """
    gains = first - second
    if not gains.any():
        return _no_difference(names)
    if len(gains) == 1:
        return ONE_EACH
    low, mean, high = (_gain(gain, points) for gain in (gains.min(), gains.mean(), gains.max()))
    unit = " points" if points else ""
    said = f"“{names[0]}” did better than “{names[1]}” with"
    count = int((gains > 0).sum())
    if count < len(gains):
        seeds = f"{count} of {len(gains)} seeds"
        return f"{said} {seeds}, on average by {mean}{unit} ({low} to {high}): within luck."
    every = "both seeds" if count == 2 else f"all {count} seeds"
    said = f"{said} {every}, by {low if low == high else f'{low} to {high}'}{unit}"
    if first.min() > second.max():
        chance = _chance(_count_separations(count, count))
        return f"{said}, and its worst is better than the other’s best. {chance}"
    return f"{said}. {_chance(2 ** (count - 1))}"


def compare_unpaired(names: Names, first: np.ndarray, second: np.ndarray) -> str:
    """Compare two networks that were trained with different seeds, or numbers of them, in a sentence.

    Args:
        first, second: (seeds,), each of its own seeds; else as of `compare_paired`.
    """
    if np.array_equal(first, second):
        return _no_difference(names)
    if len(first) == len(second) == 1:
        return ONE_EACH
    if first.min() > second.max():
        return (
            f"Every seed of “{names[0]}” did better than every one of “{names[1]}”. "
            f"{_chance(_count_separations(len(first), len(second)))}"
        )
    return (
        f"The seeds of “{names[0]}” and “{names[1]}” overlap, so the difference between them is within luck."
    )


def _gain(gain: float, points: bool) -> str:
    return f"{100 * gain:.2f}" if points else f"{gain:#.3g}"


def _no_difference(names: Names) -> str:
    return f"“{names[0]}” and “{names[1]}” reached the very same."


def _count_separations(first: int, second: int) -> int:
    """Count the orders of all values, equally likely, for one in which the two do not overlap, either way."""
    return round(math.comb(first + second, first) / 2)


def _chance(one_in: int) -> str:
    return f"Two equally good ones would differ as clearly by luck 1 time in {one_in:,}."
