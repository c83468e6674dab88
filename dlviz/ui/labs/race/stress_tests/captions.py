"""Sentences of the view."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from dlviz.training.analysis.significance import chance_of_separation, write_chance
from dlviz.ui.labs.race.pairs import TITLES
from dlviz.ui.labs.race.stress_tests.forward import (
    Lead,
    LearnedAgain,
    Measured,
    NotLearned,
    Read,
    compare_losses,
)
from dlviz.ui.text_format.numbers import counted, number, percent, probability

AXES = {
    "moved": "pixels moved",
    "hidden": "patches hidden, of 49",
    "noise": "spread of the noise",
    "turned": "degrees turned",
}
DONE = {
    "moved": "A quarter of the pictures each go up, right, down and left. What leaves the picture is lost.",
    "hidden": "Each picture loses patches of its own, drawn at random; those gone at 5 are gone at 10 too.",
    "noise": "Added to each pixel, in a range from 0 to 1; below 0 and above 1 it is cut off.",
    "turned": "Half of the pictures are turned clockwise, half the other way.",
    "shuffled": "The 49 patches of every picture are shuffled, all in the same way. Both networks learn from "
    "such pictures alone, and are tested on such pictures.",
}
LOSERS = {"cnn": "the CNN", "transformer": "the transformer"}
NOTHING = "as it is"
ONE_PAIR = (
    "Bands: two standard errors, for luck with the test pictures. They leave out luck in training: another "
    "seed would give another network."
)


def name_level(stress: str, level: float) -> str:
    """Name a level in a few letters."""
    if not level:
        return NOTHING
    match stress:
        case "moved":
            return f"{level:g} px"
        case "hidden":
            return counted(int(level), "patch", "patches")
        case "noise":
            return f"noise {level:g}"
    return f"{level:g}°"


def name_strongest(stress: str) -> str:
    """Name what is done to the pictures at the strongest level of a stress."""
    from dlviz.race.stress import STRESSES

    name = name_level(stress, STRESSES[stress].levels[-1])
    match stress:
        case "moved":
            return f"moved by {name}"
        case "hidden":
            return f"with {name} of 49 hidden"
        case "noise":
            return f"with {name}"
    return f"turned by {name}"


def describe_losses(measured: Measured) -> str:
    """Say what both lose at the strongest level, and where one is ahead beyond luck."""
    lead, level = compare_losses(measured), name_level(measured.stress, measured.levels[-1])
    cnn, transformer = (percent(each) for each in measured.accuracy[-1])
    lost = [number(100 * each, ".1f") for each in lead.lost]
    said = (
        f"At **{level}** the CNN still reads {cnn} of {measured.right.shape[2]:,} test pictures, and the "
        f"transformer {transformer}: they lose {lost[0]} and {lost[1]} percentage points."
    )
    return " ".join(filter(None, [said, _say_who(lead), _say_even_so(measured, lead), _say_where(measured)]))


def _say_who(lead: Lead) -> str:
    if lead.loser == "even":
        return "That is **within luck** of each other."
    loser, points = LOSERS[lead.loser], number(100 * abs(lead.difference), ".1f")
    luck = number(100 * lead.luck, ".1f")
    return f"**{loser[0].upper()}{loser[1:]} loses more**, by {points} points (luck alone: up to {luck})."


def _say_even_so(measured: Measured, lead: Lead) -> str:
    """Say if the one that loses more still reads more in the end; empty if it does not."""
    if lead.loser == "even":
        return ""
    cnn, transformer = measured.right[-1].sum(axis=1)
    ahead = cnn > transformer if lead.loser == "cnn" else transformer > cnn
    return "Even so, it still reads more of them." if ahead else ""


def _say_where(measured: Measured) -> str:
    """Say at which weaker levels the one that loses more in the end is still ahead; empty if at none."""
    last = compare_losses(measured).loser
    others = [
        name_level(measured.stress, measured.levels[at])
        for at in range(1, len(measured.levels) - 1)
        if last != "even" and compare_losses(measured, at).loser not in (last, "even")
    ]
    return f"At {_listed(others)} it was the other way round." if others else ""


def _listed(names: Sequence[str]) -> str:
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))


def curves_alt(measured: Measured) -> str:
    """Text alternative of the curves."""
    said = [
        f"{title}: "
        + ", ".join(
            f"{name_level(measured.stress, level)} {percent(share)}"
            for level, share in zip(measured.levels, measured.accuracy[:, at], strict=True)
        )
        for at, title in enumerate(TITLES.values())
    ]
    return f"Share of the test pictures that each still reads. {'. '.join(said)}."


def name_read(stress: str, read: Read, classes: Sequence[str]) -> str:
    """Caption of the picture at a level: what both networks say."""
    cnn, transformer = (classes[answer] for answer in read.answers)
    return f"{name_level(stress, read.level)}: {cnn} · {transformer}"


def drawing_alt(stress: str, reads: Sequence[Read], classes: Sequence[str]) -> str:
    """Text alternative of the pictures at all levels."""
    said = ", ".join(name_read(stress, read, classes) for read in reads)
    return f"Your picture, level: the CNN’s answer · the transformer’s: {said}."


def kept_alt(stress: str, reads: Sequence[Read]) -> str:
    """Text alternative of the lines below them."""
    said = [
        f"{title}: "
        + ", ".join(f"{name_level(stress, read.level)} {probability(read.kept[at])}" for read in reads)
        for at, title in enumerate(TITLES.values())
    ]
    return f"Probability of the answer to the picture as it is. {'. '.join(said)}."


def describe_drawing(reads: Sequence[Read], stress: str, classes: Sequence[str]) -> str:
    """Say where each network first gives another answer than to the picture as it is."""
    said = []
    for at, kind in enumerate(TITLES):
        first = reads[0].answers[at]
        turned = next((read for read in reads if read.answers[at] != first), None)
        if turned is None:
            said.append(f"{LOSERS[kind]} says {classes[first]} at every level")
        else:
            level = name_level(stress, turned.level)
            said.append(
                f"{LOSERS[kind]} changes from {classes[first]} to {classes[turned.answers[at]]} at {level}"
            )
    return f"With this picture, {said[0]}, and {said[1]}."


def rows(measured: Measured) -> list[dict[str, str]]:
    """Rows of the table: each level, and what both still read."""
    return [
        {
            AXES[measured.stress].capitalize(): NOTHING if not level else f"{level:g}",
            **{
                title: f"{percent(share)} ± {number(100 * luck, '.1f')}"
                for title, share, luck in zip(TITLES.values(), shares, lucks, strict=True)
            },
        }
        for level, shares, lucks in zip(measured.levels, measured.accuracy, measured.luck, strict=True)
    ]


def compare_shuffled(found: LearnedAgain) -> str:
    """Say what shuffling costs whom, as far as luck lets anyone say it."""
    costs = [
        f"{LOSERS[kind]} {_range(100 * lost, '.1f')} points"
        for kind, lost in zip(LOSERS, found.lost, strict=True)
    ]
    count = found.lost.shape[1]
    said = f"Learning from shuffled patches costs {costs[0]} and {costs[1]}, depending on the seed."
    if found.loser == "even":
        return f"{said} Not every seed says that the same one loses more: **within luck**."
    at = list(LOSERS).index(found.loser)
    loser = LOSERS[found.loser]
    apart = found.lost[at].min() > found.lost[1 - at].max()
    chance = chance_of_separation(count, count) if apart else Fraction(2, 2**count)
    even_so = ""
    if (found.shuffled[at] > found.shuffled[1 - at]).all():
        shares = [percent(float(found.shuffled[each].mean())) for each in (at, 1 - at)]
        even_so = f" Even so, it still reads more of them: {shares[0]} against {shares[1]} on average."
    return (
        f"{said} **{loser[0].upper()}{loser[1:]} loses more** with all {count} seeds. "
        f"{write_chance(chance)}{even_so}"
    )


def _range(values: np.ndarray, spec: str) -> str:
    low, high = number(float(values.min()), spec), number(float(values.max()), spec)
    return low if low == high else f"{low} to {high}"


def shuffled_rows(found: LearnedAgain) -> list[dict[str, str]]:
    """Rows of the table: what each network reaches, with patches as they are and shuffled."""
    return [
        {
            "Network": title,
            "Patches as they are": _mean(plain),
            "Patches shuffled": _mean(shuffled),
        }
        for title, plain, shuffled in zip(TITLES.values(), found.plain, found.shuffled, strict=True)
    ]


def _mean(values: np.ndarray) -> str:
    """Mean and range of those accuracies that are there."""
    there = values[np.isfinite(values)]
    if not len(there):
        return "–"
    if len(there) == 1:
        return percent(float(there[0]))
    return f"{percent(float(there.mean()))} ({100 * there.min():.1f} to {100 * there.max():.1f})"


def shuffled_alt(found: LearnedAgain) -> str:
    """Text alternative of the table."""
    said = [
        ", ".join(f"{name.lower()} {value}" for name, value in row.items()) for row in shuffled_rows(found)
    ]
    return f"Test pictures right, mean and range of the seeds. {'. '.join(said)}."


def describe_unlearned(found: NotLearned) -> str:
    """Say what a pair makes of shuffled patches that it has not learned, and of its positions with them."""
    cnn, transformer = (percent(share) for share in found.shuffled)
    alike = "none of its answers changes"
    if found.changed:
        alike = counted(found.changed, "of its answers changes", "of its answers change")
    return (
        f"The pair above has never seen shuffled patches: of {found.tested:,} test pictures, the CNN reads "
        f"{cnn}, the transformer {transformer}. Now shuffle the transformer’s learned positions along "
        f"with the patches: it reads **{percent(found.moved)}**, and **{alike}**. Nothing in it "
        "says from the start which patches are neighbours: it learns that, whatever their order."
    )
