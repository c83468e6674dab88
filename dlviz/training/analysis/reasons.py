"""Reasons why the runs of an experiment end as they do: what to look at, computed from their curves."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from dlviz.training.analysis.comparison import Group
from dlviz.ui.text_format.numbers import percent

HALF = 0.5
MUCH = 0.01  # share of right answers below which two hardly differ
NO_BETTER, STILL = 0.9, 1.5  # of a guess's loss, and times the lowest loss


def mean_at_best(group: Group, column: str) -> float:
    """Mean over a group's seeds of an epoch's number, at the epoch with most right; NaN if unknown."""
    values = [
        float(seed.epochs[column][np.nanargmax(seed.epochs["accuracy"])])
        for seed in group.seeds
        if np.isfinite(seed.epochs["accuracy"]).any()
    ]
    return float(np.mean(values)) if values else math.nan


def _loss(value: float) -> str:
    return f"{value:#.3g}".rstrip(".")


def gap(groups: Sequence[Group]) -> str:
    """Compare what each group has right, at its best, of what it learned from and of what it has not seen."""
    parts = []
    for group in groups:
        known, unseen = (mean_at_best(group, name) for name in ("known_accuracy", "accuracy"))
        if math.isfinite(known):
            parts.append(
                f"“{group.label}” at its best has {percent(known)} right of what it learned from, "
                f"{percent(unseen)} of what it has not seen"
            )
    return f"{'; '.join(parts)}. The gap between the two is what was learnt by heart." if parts else ""


def too_small_or_too_large(groups: Sequence[Group]) -> str:
    """Say of each rate where its validation loss came from, where it stands, and what a guess costs."""
    ways = {group.label: way for group in groups if (way := _way_of_loss(group))}
    classes = max((seed.classes for group in groups for seed in group.seeds), default=0)
    if not ways or classes < 2:
        return ""
    guess, lowest = math.log(classes), min(last for _, last in ways.values())
    parts = []
    for label, (first, last) in ways.items():
        part = f"“{label}” goes from {_loss(first)} to {_loss(last)}"
        if last > NO_BETTER * guess:
            part += ", no better than a guess"
        elif last > STILL * lowest and last < first:
            part += ", and is still on its way down"
        parts.append(part)
    return (
        f"Validation losses from the first epoch to the last: {'; '.join(parts)}. A guess among {classes} "
        f"costs {_loss(guess)}. Small steps take long; steps too large overshoot the minimum each time."
    )


def _way_of_loss(group: Group) -> tuple[float, float] | None:
    """Mean validation loss of a group after its first and after its last epoch; None before there is one."""
    losses = [seed.epochs["loss"] for seed in group.seeds if len(seed.epochs["loss"])]
    return (
        (float(np.mean([each[0] for each in losses])), float(np.mean([each[-1] for each in losses])))
        if losses
        else None
    )


def first_epoch(groups: Sequence[Group]) -> str:
    """Compare the validation losses after one epoch: who learns fast."""
    losses = {group.label: way[0] for group in groups if (way := _way_of_loss(group))}
    told = ", ".join(f"“{label}” {_loss(losses[label])}" for label in sorted(losses, key=losses.__getitem__))
    return f"Look at the first epoch. Validation losses after it: {told}." if losses else ""


def adaptive_steps(groups: Sequence[Group]) -> str:
    """Say what the adaptive optimizers do otherwise, and how far each is after one epoch."""
    return (
        f"{first_epoch(groups)} Adam, AdamW and RMSprop divide each weight’s step by the usual size of its "
        "own gradient, so that weights with small gradients move as far as those with large ones. SGD and "
        "momentum take the gradient as it is."
    ).strip()


def first_half_right(groups: Sequence[Group]) -> str:
    """Say of each seed after which epoch more than half of the answers are right for the first time."""
    told = []
    for group in groups:
        seeds = [seed.epochs for seed in group.seeds if len(seed.epochs["accuracy"])]
        found = [
            next(
                (
                    f"{at:g}"
                    for at, right in zip(each["epoch"], each["accuracy"], strict=True)
                    if right > HALF
                ),
                "",
            )
            for each in seeds
        ]
        if not seeds:
            continue
        if not any(found):
            told.append(f"“{group.label}” never")
        else:
            told.append(f"“{group.label}” after epoch {', '.join(each or 'none' for each in found)}")
    return (
        f"Look at when more than half of the answers are right: {'; '.join(told)}. The larger the bias, the "
        "wider the forget gates stand open, and the more of the gradient reaches the first symbol."
        if told
        else ""
    )


def rate_at_end(groups: Sequence[Group]) -> str:
    """Compare the learning rate of the last step with the last validation loss."""
    ends = []
    for group in groups:
        rates = [seed.batches["rate"][-1] for seed in group.seeds if len(seed.batches["rate"])]
        if rates and (way := _way_of_loss(group)):
            ends.append((float(np.mean(rates)), way[1], group.label))
    if not ends:
        return ""
    told = "; ".join(
        f"“{label}” ends at a rate of {rate:.2g} with {_loss(loss)}" for rate, loss, label in sorted(ends)
    )
    said = f"Compare the last learning rate and the last validation loss: {told}."
    if min(ends)[1] < max(ends)[1]:
        said += " Large steps come near a minimum fast and then jump about it; small ones settle in it."
    return said


def learnt_by_heart(groups: Sequence[Group]) -> str:
    """Say where the validation loss of the longest run turned, and what the training loss did meanwhile."""
    whole = max(groups, key=lambda group: max((len(seed.epochs["loss"]) for seed in group.seeds), default=0))
    seeds = [seed for seed in whole.seeds if np.isfinite(seed.epochs["loss"]).any()]
    if not seeds:
        return ""
    lowest = [int(np.nanargmin(seed.epochs["loss"])) for seed in seeds]

    def mean(column: str, places: Sequence[int]) -> float:
        return float(np.mean([seed.epochs[column][at] for seed, at in zip(seeds, places, strict=True)]))

    ends = [-1] * len(seeds)
    epochs = ", ".join(str(int(seed.epochs["epoch"][at])) for seed, at in zip(seeds, lowest, strict=True))
    said = (
        f"In “{whole.label}” the validation loss is lowest after epoch {epochs}, at "
        f"{_loss(mean('loss', lowest))}, and ends at {_loss(mean('loss', ends))}. Meanwhile the loss on what "
        f"it learns from goes from {_loss(mean('known_loss', lowest))} to {_loss(mean('known_loss', ends))}."
    )
    tested = {
        group.label: float(np.mean([seed.test_accuracy for seed in group.seeds]))
        for group in groups
        if group.seeds
    }
    if len(tested) < 2 or not all(map(math.isfinite, tested.values())):
        return said
    shares = ", ".join(f"“{label}” {percent(share)}" for label, share in tested.items())
    if max(tested.values()) - min(tested.values()) < MUCH:
        return (
            f"{said} Of the test data both have about as many right ({shares}): what grows is not the "
            "number of mistakes, but how sure the network is of them."
        )
    return f"{said} Right of the test data: {shares}."
