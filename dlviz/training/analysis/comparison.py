"""Comparison of runs: differences of their settings, and the significance of the difference in result."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from dlviz.training.analysis import significance
from dlviz.training.analysis.history import History
from dlviz.training.runs.events import FINISHED
from dlviz.ui.text_format.numbers import percent

# Measure -> its name for a learner, true if less is better, its name among an epoch's numbers. “Tested” is
# measured once, with the weights that a run keeps, on data that have chosen nothing.
MEASURES = {
    "loss": ("lowest {held} loss", True, "loss"),
    "accuracy": ("highest {held} accuracy", False, "accuracy"),
    "tested": ("lowest {held} loss", True, "loss"),
}
MIXED = "Validation and test data are different pictures: results on the one say nothing about the other."


@dataclass(frozen=True, eq=False)
class Group:
    """Runs under one name: one run, or several that differ in their seed alone.

    Args:
        drawn: the seed of each; without them nothing is known to have begun alike.
    """

    label: str
    seeds: Sequence[History]
    drawn: Sequence[int] = ()


@dataclass(frozen=True, eq=False)
class Result:
    """Best result of a group.

    Args:
        values: (seeds,) of those seeds that have a value.
        epoch: the one of the best seed.
        measure: a key of MEASURES.
        held: the data it was measured on, validation or test.
        drawn: (seeds,), the seed of each, as far as they are known.
    """

    label: str
    values: np.ndarray
    epoch: int
    measure: str
    held: str
    drawn: tuple[int, ...] = ()

    @property
    def mean(self) -> float:
        """Mean over the seeds."""
        return float(self.values.mean())

    @property
    def text(self) -> str:
        """Sentence part with the value or, of several seeds, their mean and range."""
        if len(self.values) == 1:
            return f"{number(self.mean, self.measure)} at epoch {self.epoch}"
        low, high = (number(value, self.measure) for value in (self.values.min(), self.values.max()))
        return f"{number(self.mean, self.measure)} (mean of {len(self.values)} seeds, {low} to {high})"


def number(value: float, measure: str) -> str:
    """Write a loss in three significant digits, an accuracy in percent."""
    return percent(value, 2) if measure == "accuracy" else f"{value:#.3g}".rstrip(".")


def title(measure: str, held: str) -> str:
    """Name of a measure for a learner."""
    at_the_end = " at the end" if held == "test" else ""
    return MEASURES[measure][0].format(held=held) + at_the_end


def result(group: Group, measure: str = "loss") -> Result | None:
    """Best result of a group so far; None while no epoch with a finite value has ended."""
    every = [_best_value(seed, measure) for seed in group.seeds]
    reached = [found for found in every if found]
    if not reached:
        return None
    values, epochs, held = zip(*reached, strict=True)
    best = _order(np.array(values), measure)[0]
    drawn = tuple(seed for seed, found in zip(group.drawn, every, strict=False) if found)
    return Result(group.label, np.array(values), epochs[best], measure, held[best], drawn)


def _best_value(run: History, measure: str) -> tuple[float, int, str] | None:
    """Best value of a run, its epoch, and the data it was measured on."""
    if measure == "tested":
        return (run.test_loss, run.kept_epoch, "test") if np.isfinite(run.test_loss) else None
    name = MEASURES[measure][2]
    for column, held in ((run.epochs[name], "validation"), (run.epochs[f"test_{name}"], "test")):
        at = np.flatnonzero(np.isfinite(column))
        if len(at):
            # Test data may choose no epoch.
            chosen = at[-1] if held == "test" else at[_order(column[at], measure)[0]]
            return float(column[chosen]), int(run.epochs["epoch"][chosen]), held
    return None


def _order(values: np.ndarray, measure: str) -> np.ndarray:
    return np.argsort(values if MEASURES[measure][1] else -values, kind="stable")


def compare(groups: Sequence[Group], measure: str = "loss") -> str:
    """Say which of the runs did best, by how much, and whether the seeds show more than luck.

    Args:
        measure: one of MEASURES.
    """
    found = [reached for group in groups if (reached := result(group, measure))]
    unfinished = any(seed.reason not in FINISHED for group in groups for seed in group.seeds)
    parts = [[one for one in found if one.held == held] for held in ("validation", "test")]
    said = [_ranking(part, measure, unfinished) for part in parts if part] or ["No epoch has ended yet."]
    return " ".join([*said, *([MIXED] if len(said) > 1 else []), *_diverged_sentences(groups)])


def _ranking(found: Sequence[Result], measure: str, unfinished: bool) -> str:
    """Rank groups that were measured on the same data, in a sentence."""
    ranked = [found[at] for at in _order(np.array([reached.mean for reached in found]), measure)]
    opening = title(measure, ranked[0].held)
    opening = f"So far the {opening}" if unfinished else opening.capitalize()
    others = ", then ".join(f"{other.label}, {other.text}" for other in ranked[1:])
    said = f"{opening}: {ranked[0].label}, {ranked[0].text}" + (f"; then {others}." if others else ".")
    if not others:
        return said
    verdict = judge_difference(ranked[0], ranked[1])
    return " ".join([said, verdict.sentence, *([_behind(ranked)] if verdict.luck else [])]).strip()


def _behind(ranked: Sequence[Result]) -> str:
    """Name those that every seed puts behind the best; empty if there are none."""
    best, *others = ranked
    verdicts = [(other, judge_difference(best, other)) for other in others]
    behind = [f"“{other.label}”" for other, verdict in verdicts if verdict.clear]
    if not behind:
        return ""
    chance = significance.write_chance(max(verdict.chance for _, verdict in verdicts if verdict.clear))
    names = f"{', '.join(behind[:-1])} and {behind[-1]}" if len(behind) > 1 else behind[0]
    return (
        f"But with every seed, “{best.label}” did better than {names}. {chance} "
        "That is for two chosen beforehand: among several, luck finds such a pair sooner."
    )


def leaders(groups: Sequence[Group], measure: str) -> list[str]:
    """Labels of the group that did best, and of those whose difference from it is within luck."""
    found = [reached for group in groups if (reached := result(group, measure))]
    if not found:
        return []
    best, *others = [found[at] for at in _order(np.array([reached.mean for reached in found]), measure)]
    return [best.label, *(other.label for other in others if judge_difference(best, other).luck)]


def judge_difference(first: Result, second: Result) -> significance.Verdict:
    """Judge the difference between two results, the better one first: by seeds where both have the same."""
    names = (first.label, second.label)
    sign = -1 if MEASURES[first.measure][1] else 1
    better, other = sign * first.values, sign * second.values
    paired = _match_seeds(first, second)
    if paired is None:
        return significance.compare_unpaired(names, better, other)
    return significance.compare_paired(names, better, other[paired], points=first.measure == "accuracy")


def _match_seeds(first: Result, second: Result) -> list[int] | None:
    """Places of the second's values in the order of the first's seeds; None unless these are the same."""
    same = len({*first.drawn}) == len(first.values) and sorted(first.drawn) == sorted(second.drawn)
    return [second.drawn.index(seed) for seed in first.drawn] if same else None


def _diverged_sentences(groups: Sequence[Group]) -> list[str]:
    """Sentences on the groups in which the loss stopped being a number."""
    said = []
    for group in groups:
        steps = [seed.step for seed in group.seeds if seed.reason == "diverged"]
        if steps:
            whose = f" of {len(steps)} of its {len(group.seeds)} seeds" if len(group.seeds) > 1 else ""
            said.append(f"{group.label}: the loss{whose} was no longer a number after step {min(steps)}.")
    return said


def differences(settings: Mapping[str, Mapping[str, object]]) -> dict[str, list[object]]:
    """Find the fields that differ: name -> the value in each of the settings, None where it has none.

    Args:
        settings: a run's label -> its configuration as plain values; mappings inside become `outer.inner`.
    """
    flat = [dict(_flatten(setting)) for setting in settings.values()]
    names = list(dict.fromkeys(name for setting in flat for name in setting))
    rows = {name: [setting.get(name) for setting in flat] for name in names}
    # Compared as written: 1 and True are equal in Python, but not the same setting.
    return {name: values for name, values in rows.items() if len({repr(value) for value in values}) > 1}


def _flatten(setting: Mapping[str, object], before: str = "") -> list[tuple[str, object]]:
    pairs: list[tuple[str, object]] = []
    for name, value in setting.items():
        pairs += (
            _flatten(value, f"{before}{name}.") if isinstance(value, Mapping) else [(before + name, value)]
        )
    return pairs


def alike(settings: Sequence[Mapping[str, object]]) -> list[list[int]]:
    """Group the places of settings that differ in their seed alone, in the order of their first.

    One that repeats another, seed and all, is no further seed: it begins a group of its own.
    """
    groups: dict[tuple[str, int], list[int]] = {}
    before = Counter[str]()
    for at, setting in enumerate(settings):
        rest = {name: value for name, value in setting.items() if name != "seed"}
        whole = repr(sorted(setting.items()))
        groups.setdefault((repr(sorted(rest.items())), before[whole]), []).append(at)
        before[whole] += 1
    return list(groups.values())
