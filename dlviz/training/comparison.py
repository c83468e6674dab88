"""Runs compared: what differs between their settings, and what the difference in result is worth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from dlviz.training.curves import History

# Measure -> how it is told, whether less is better, its name among an epoch's numbers. “Last” counts what a
# run keeps at its end.
MEASURES = {
    "loss": ("lowest {held} loss", True, "loss"),
    "accuracy": ("highest {held} accuracy", False, "accuracy"),
    "last": ("lowest {held} loss at the end", True, "loss"),
}


@dataclass(frozen=True, eq=False)
class Group:
    """Runs under one name: one run, or several that differ in their seed alone."""

    label: str
    seeds: Sequence[History]


@dataclass(frozen=True, eq=False)
class Result:
    """What a group has reached.

    Args:
        values: (seeds,) of those seeds that have a value.
        epoch: the one of the best seed.
        measure: a key of MEASURES.
        held: what it was measured on, validation or test.
    """

    label: str
    values: np.ndarray
    epoch: int
    measure: str
    held: str

    @property
    def mean(self) -> float:
        return float(self.values.mean())

    @property
    def told(self) -> str:
        """The value or, of several seeds, their mean and range."""
        if len(self.values) == 1:
            return f"{number(self.mean, self.measure)} at epoch {self.epoch}"
        low, high = (number(value, self.measure) for value in (self.values.min(), self.values.max()))
        return f"{number(self.mean, self.measure)} (mean of {len(self.values)} seeds, {low} to {high})"


def number(value: float, measure: str) -> str:
    """A loss in three significant digits, an accuracy in percent."""
    return f"{100 * value:.2f} %" if measure == "accuracy" else f"{value:#.3g}".rstrip(".")


def result(group: Group, measure: str = "loss") -> Result | None:
    """What the group has reached so far; None while no epoch with a finite value has ended."""
    reached = [found for seed in group.seeds if (found := _reached(seed, measure))]
    if not reached:
        return None
    values, epochs, held = zip(*reached, strict=True)
    best = _order(np.array(values), measure)[0]
    return Result(group.label, np.array(values), epochs[best], measure, held[best])


def _reached(run: History, measure: str) -> tuple[float, int, str] | None:
    """A run's value, its epoch, and what it was measured on."""
    name = MEASURES[measure][2]
    for column, held in ((run.epochs[name], "validation"), (run.epochs[f"test_{name}"], "test")):
        at = np.flatnonzero(np.isfinite(column))
        if len(at):
            last = measure == "last" and not run.restored
            chosen = at[-1] if last else at[_order(column[at], measure)[0]]
            return float(column[chosen]), int(run.epochs["epoch"][chosen]), held
    return None


def _order(values: np.ndarray, measure: str) -> np.ndarray:
    return np.argsort(values if MEASURES[measure][1] else -values, kind="stable")


def compare(groups: Sequence[Group], measure: str = "loss") -> str:
    """Which of the runs did best, by how much, and whether the seeds say that this is more than luck.

    Args:
        measure: one of MEASURES.
    """
    found = [reached for group in groups if (reached := result(group, measure))]
    unfinished = any(not seed.reason for group in groups for seed in group.seeds)
    said = [_ranking(found, measure, unfinished)] if found else ["No epoch has ended yet."]
    return " ".join([*said, *_broken(groups)])


def _ranking(found: Sequence[Result], measure: str, unfinished: bool) -> str:
    ranked = [found[at] for at in _order(np.array([reached.mean for reached in found]), measure)]
    title = MEASURES[measure][0].format(held=ranked[0].held)
    opening = f"So far the {title}" if unfinished else title.capitalize()
    others = ", then ".join(f"{other.label}, {other.told}" for other in ranked[1:])
    said = f"{opening}: {ranked[0].label}, {ranked[0].told}" + (f"; then {others}." if others else ".")
    if len({reached.held for reached in found}) > 1:
        return f"{said} Some were measured on validation, some on test data: these do not compare."
    return f"{said} {worth(ranked[0], ranked[1])}" if others else said


def worth(first: Result, second: Result) -> str:
    """What the difference between the best and the next is worth."""
    pair = f"{first.label} and {second.label}"
    if np.array_equal(first.values, second.values):
        return f"{pair} reached the very same."
    if max(len(first.values), len(second.values)) == 1:
        return "One seed each: only more seeds would show whether the difference is luck."
    less = MEASURES[first.measure][1]
    better, worse = (first, second) if less else (second, first)
    if better.values.max() < worse.values.min():
        return f"Every seed of {first.label} did better than every one of {second.label}: hardly luck."
    return f"The seeds of {pair} overlap, so the difference between them is within luck."


def _broken(groups: Sequence[Group]) -> list[str]:
    """A sentence for each group in which the loss stopped being a number."""
    said = []
    for group in groups:
        steps = [seed.step for seed in group.seeds if seed.reason == "diverged"]
        if steps:
            whose = f" of {len(steps)} of its {len(group.seeds)} seeds" if len(group.seeds) > 1 else ""
            said.append(f"{group.label}: the loss{whose} was no longer a number after step {min(steps)}.")
    return said


def differences(settings: Mapping[str, Mapping[str, object]]) -> dict[str, list[object]]:
    """The fields that differ: name -> the value in each of the settings, None where it has none.

    Args:
        settings: a run's label -> its configuration as plain values; mappings inside become `outer.inner`.
    """
    flat = [dict(_flat(setting)) for setting in settings.values()]
    names = list(dict.fromkeys(name for setting in flat for name in setting))
    rows = {name: [setting.get(name) for setting in flat] for name in names}
    # Compared as written: 1 and True are equal in Python, but not the same setting.
    return {name: values for name, values in rows.items() if len({repr(value) for value in values}) > 1}


def _flat(setting: Mapping[str, object], before: str = "") -> list[tuple[str, object]]:
    pairs: list[tuple[str, object]] = []
    for name, value in setting.items():
        pairs += _flat(value, f"{before}{name}.") if isinstance(value, Mapping) else [(before + name, value)]
    return pairs


def alike(settings: Sequence[Mapping[str, object]]) -> list[list[int]]:
    """The places of settings that differ in their seed alone, in groups, in the order of their first."""
    groups: dict[str, list[int]] = {}
    for at, setting in enumerate(settings):
        rest = {name: value for name, value in setting.items() if name != "seed"}
        groups.setdefault(repr(sorted(rest.items())), []).append(at)
    return list(groups.values())
