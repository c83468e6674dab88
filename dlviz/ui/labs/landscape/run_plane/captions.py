"""Sentences of the view, made from runs and from the surface in their plane."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from dlviz.landscape.surface import FEWEST
from dlviz.training.config import TrainingConfig
from dlviz.training.loss_surface import DIFFERENT_DATA, DIFFERENT_WEIGHTS, Stem, Surface
from dlviz.training.runs.service import Status
from dlviz.ui.runs import vocabulary
from dlviz.ui.runs.together import Member, are_settled
from dlviz.ui.text_format.numbers import counted, number, percent

CLOSE = 1.1  # factor between a checkpoint's loss and the plane's
DIFFERENT_STARTS = "These runs begin with different seeds, so at different weights. Choose runs of one seed."


def name_run(config: TrainingConfig) -> str:
    """A run by its optimizer and its learning rate."""
    norm = ", batch norm" if config.batch_norm else ""
    return f"{vocabulary.OPTIMIZERS[config.optimizer]} at {number(config.learning_rate)}{norm}"


def name_apart(configs: Sequence[TrainingConfig]) -> list[str]:
    """Runs by their names, numbered where two have the same."""
    names = [name_run(config) for config in configs]
    counts, seen = Counter(names), Counter[str]()
    apart = []
    for name in names:
        seen[name] += 1
        apart.append(f"{name} ({seen[name]})" if counts[name] > 1 else name)
    return apart


def name_option(member: Member) -> str:
    """A run in a list to choose from; no two read the same."""
    title = member.status.name or f"{member.config.model} · {name_run(member.config)}"
    return f"{title} · {member.run.run[:6]}"


def tell_gone(count: int) -> str:
    """Runs of a link that cannot be shown."""
    were = "was" if count == 1 else "were"
    return f"{counted(count, 'run')} of this link {were} deleted, or not trained here."


def find_problem(members: Sequence[Member]) -> str:
    """A sentence on why these runs have no plane in common; empty where they have."""
    configs = [member.config for member in members]
    if len({(of.model, of.batch_norm, tuple(sorted(of.sizes.items()))) for of in configs}) > 1:
        return DIFFERENT_WEIGHTS
    if len({(of.task, of.classes, of.per_class, of.draw, of.delay) for of in configs}) > 1:
        return DIFFERENT_DATA
    if len({(of.seed, of.start, of.forget_bias) for of in configs}) > 1:
        return DIFFERENT_STARTS
    counts = [len(member.run.checkpoints) for member in members]
    if not are_settled([member.status for member in members]):
        return ""  # more checkpoints are to come
    if sum(counts) < FEWEST:
        return f"There is only {counted(sum(counts), 'checkpoint')}: a plane needs {FEWEST}, so train on."
    return "" if min(counts) else "One of these runs has no checkpoint yet: leave it out, or train it."


def tell_progress(surface: Surface | None, status: Status) -> str:
    """Say how much of a surface is measured, or that it waits."""
    if status.place:
        return f"Waiting, at place {status.place} of {status.queue} in the queue"
    if surface is None:
        return "Laying the plane through the checkpoints"
    stems = f"{len(surface.stems)} of {counted(surface.checkpoints, 'checkpoint')}"
    return f"{surface.measured.sum():,} of {surface.measured.size:,} places and {stems} measured"


def tell_plane(surface: Surface) -> str:
    """The share of the variance along each axis, and outside the plane."""
    first, second = surface.shares or (0.0, 0.0)
    return (
        f"Of the variance of {counted(surface.checkpoints, 'checkpoint')}, **{percent(first)}** lies along "
        f"the first axis and **{percent(second)}** along the second. "
        f"{percent(max(1 - first - second, 0.0))} lies outside the plane."
    )


def tell_stems(stems: Sequence[Stem], names: Sequence[str]) -> str:
    """The checkpoint whose own loss is furthest from the plane's, by the factor between them."""
    known = [stem for stem in stems if find_gap(stem) > 0]
    if not known:
        return ""
    furthest = max(known, key=find_gap)
    gap = find_gap(furthest)
    if gap < CLOSE:
        return f"Each checkpoint’s own loss is within {percent(CLOSE - 1, 0)} of the plane’s at its place."
    above = sum(stem.loss > stem.shadow for stem in known)
    which = f"{names[furthest.network]}, step {furthest.step:,}"
    leaves = "The run leaves" if len(names) == 1 else "The runs leave"
    return (
        f"{leaves} this plane. Furthest from it in loss: {which}, whose own loss is "
        f"{number(furthest.loss)} where the plane has {number(furthest.shadow)}, a factor of {number(gap)}. "
        f"{above} of {counted(len(known), 'checkpoint')} have a higher loss than the plane."
    )


def tell_loss(examples: int, *, batch_norm: bool) -> str:
    """Say how a checkpoint is drawn, and on which examples its loss is measured."""
    told = (
        "Marker: the checkpoint’s own loss. Dash: the plane’s loss at the place nearest to it. Loss: the "
        f"mean over the first {examples:,} training examples, without dropout."
    )
    norm = " Batch norm takes mean and variance from these examples, anew at every place."
    return told + norm if batch_norm else told


def find_gap(stem: Stem) -> float:
    """The factor, from 1, between a checkpoint's loss and the plane's; 0 where one is no number above 0."""
    pair = sorted((stem.loss, stem.shadow))
    return pair[1] / pair[0] if np.isfinite(pair).all() and pair[0] > 0 else 0.0


def rows(stems: Sequence[Stem], names: Sequence[str]) -> list[dict[str, str]]:
    """Rows of a table: each checkpoint, its place, its loss and the plane's."""
    return [
        {
            "Run": names[stem.network],
            "Step": f"{stem.step:,}",
            "Place in the plane": f"({number(stem.place[0])}, {number(stem.place[1])})",
            "Its own loss": number(stem.loss, ".4g"),
            "The plane’s loss there": number(stem.shadow, ".4g"),
        }
        for stem in stems
    ]


def name_axes(surface: Surface) -> tuple[str, str]:
    """The two directions, with the share of the variance along each."""
    first, second = surface.shares or (0.0, 0.0)
    return f"first direction ({percent(first)})", f"second direction ({percent(second)})"


def describe_plane(surface: Surface, names: Sequence[str]) -> str:
    """Text alternative of the picture of the plane."""
    low, high = np.nanmin(surface.losses), np.nanmax(surface.losses)
    ends = {stem.network: stem for stem in surface.stems}
    told = [
        f"{names[at]} ends at ({number(stem.place[0])}, {number(stem.place[1])}) with a loss of "
        f"{number(stem.loss)}."
        for at, stem in ends.items()
    ]
    return " ".join([f"Loss over the plane of the checkpoints, from {number(low)} to {number(high)}.", *told])


def describe_stems(stems: Sequence[Stem], names: Sequence[str]) -> str:
    """Text alternative of the checkpoints' losses beside the plane's."""
    return f"Each checkpoint’s own loss, and the plane’s at its place. {tell_stems(stems, names)}"
