"""Sentences of the view, computed from what is measured."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dlviz.ui.labs.finetune.captions import is_clear
from dlviz.ui.text_format.numbers import number, percent, probability
from dlviz.ui.text_format.quotes import quoted

if TYPE_CHECKING:
    from dlviz.ui.labs.finetune.what_changed.forward import Change, Read


def describe_weights(change: Change) -> str:
    """Say which layer's weights moved most for their size, and which not at all."""
    most = change.layers[int(change.weights.argmax())]
    still = [name for name, moved in zip(change.layers, change.weights, strict=True) if moved == 0]
    said = f"The weights of {most} moved most: by {percent(change.weights.max(), 2)} of their size."
    if len(still) == 1:
        said += f" Those of the {still[0]} did not move at all."
    elif still:
        said += f" Those below {change.layers[len(still)]} did not move at all: they were frozen."
    return said


def describe_probes(change: Change) -> str:
    """Say what a probe of the last layer got right, before and after, and if the difference may be luck."""
    before, after = (right[-1] for right in change.probes)
    said = (
        f"A probe of the last layer: {percent(before.mean())} before, {percent(after.mean())} after, of "
        f"{len(after)} sentences."
    )
    if before.sum() == after.sum():
        return said
    less, more = sorted((before, after), key=np.sum)
    return f"{said} That {'is more than' if is_clear(more, less) else 'may be'} luck."


def describe_heads(read: Read) -> str:
    """Say which head's attention moved most, and from which token to which."""
    first = read.heads[0]
    if not first.moved:
        return "No head’s attention has moved."
    before, after = (reading.attention[first.layer, first.head] for reading in read.readings)
    gained = (after - before).mean(axis=0)  # by each token that is looked at
    loser, winner = (quoted(read.tokens.words[int(at)]) for at in (gained.argmin(), gained.argmax()))
    return (
        f"Head {first.head + 1} of layer {first.layer + 1} moved most: {percent(first.moved)} of its "
        f"attention goes to other tokens than before. {loser} lost most of it, {winner} gained most."
    )


def describe_answer(read: Read, classes: tuple[str, ...]) -> str:
    """Say what the encoder answers before and after, and how probable it finds that."""
    said = []
    for when, shares in zip(("Before", "After"), read.probabilities, strict=True):
        best = int(shares.argmax())
        said.append(f"{when}: {quoted(classes[best])}, {probability(shares[best])}")
    return ". ".join(said) + "."


def describe_unlearned(change: Change) -> str:
    """Say how alike unrelated texts are, before and after, and whether “bank” still has two senses."""
    before, after = change.unlearned
    one, other = (number(each.unrelated.mean(), ".2f") for each in (before, after))
    gaps = [number(each.same_sense - each.other_sense, ".2f") for each in (before, after)]
    return (
        f"Ten pairs of sentences that have nothing to do with each other: their mean cosine is {one} before, "
        f"{other} after. Two “bank”s are more alike in one sense than in two: by {gaps[0]} before, by "
        f"{gaps[1]} after."
    )
