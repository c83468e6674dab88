"""Sentences of the panel on batch norm, made from its numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from dlviz.ui.batch_norm.forward import MEASURED, Answers, Channel, Folding
from dlviz.ui.text_format.markdown import plain
from dlviz.ui.text_format.numbers import counted, number

if TYPE_CHECKING:
    from dlviz.batch_norm import Statistics

SMALL = 50  # times ε, up to which a variance is so small that ε is told: it changes the spread by 1 %


def answers(found: Answers, batch: int, draw: int, classes: Sequence[str], noun: str) -> str:
    """Answer in evaluation mode, and in training mode with these companions and with others.

    Args:
        batch: inputs of the batch.
        draw: number of the draw that is shown.
        noun: what an input is called.
    """
    name = plain(classes[found.predicted])
    evaluation = f"In evaluation mode your {noun} is **{name}**, whatever stands beside it"
    if not len(found.among):
        return (
            f"{evaluation}. In training mode PyTorch refuses a batch of one: each unit has a single value, "
            "which is its own mean, and there is no spread to divide by."
        )
    leads, shown = found.leads, draw - found.draw if batch > 1 else 0
    said = int(found.among[shown].argmax())
    now = "also" if said == found.predicted else "now"
    if batch == 1:
        return (
            f"{evaluation}, ahead by {number(found.lead)} logits. A batch of one has no companions: in "
            "training mode each map is normed by its own mean and spread, over its places alone. There it is "
            f"{now} **{plain(classes[said])}**, and {name} {_stands(float(leads[0]))}."
        )
    same = int((leads > 0).sum())
    some = f"{same} of them {'gives' if same == 1 else 'give'}" if same else "none of them gives"
    of_draws = "all give" if same == len(leads) else some
    return (
        f"{evaluation}, ahead by {number(found.lead)} logits. In training mode, beside "
        f"{'this other one' if batch == 2 else f'these {batch - 1} others'}, it is {now} "
        f"**{plain(classes[said])}**, and {name} {_stands(float(leads[shown]))}. Over {len(leads)} draws of "
        f"companions its lead goes from {number(leads.min())} to {number(leads.max())}: {of_draws} "
        f"**{name}**."
    )


def _stands(lead: float) -> str:
    return f"leads by {number(lead)}" if lead > 0 else f"is {number(-lead)} behind"


def describe_leads(found: Answers, classes: Sequence[str]) -> str:
    """The leads of all draws in words, for who cannot see them."""
    listed = ", ".join(number(lead) for lead in found.leads)
    return (
        f"Lead of {classes[found.predicted]} in training mode, draw by draw: {listed}. In evaluation mode it "
        f"is {number(found.lead)}."
    )


def normed(channel: Channel) -> str:
    """Arithmetic of a batch norm on a channel, filled in."""
    values = counted(len(channel.before), "value")
    source = (
        f"of these {values}" if channel.training else "that it has kept from training, whatever the batch"
    )
    spread = np.sqrt(channel.variance)
    return (
        f"Norm {channel.norm} subtracts the mean {number(channel.mean)}, divides by the spread "
        f"{number(spread)} ({source}){_tell_epsilon(channel)}, multiplies by γ = {number(channel.gamma)} and "
        f"adds β = {number(channel.beta)}. So {channel.item} {channel.number} goes from mean "
        f"{number(channel.before.mean())} and spread {number(channel.before.std())} to mean "
        f"{number(channel.after.mean())} and spread {number(channel.after.std())}."
    )


def _tell_epsilon(channel: Channel) -> str:
    """The ε beside the variance, where it counts; an empty text where it does not."""
    if channel.variance > SMALL * channel.epsilon:
        return ""
    divisor = number(float(np.sqrt(channel.variance + channel.epsilon)))
    return f", or rather by √(variance + ε) = {divisor}, where ε = {number(channel.epsilon)} keeps it from 0"


def statistics(kept: Statistics, measured: Statistics, channel: Channel, count: int, pool: str) -> str:
    """Comparison of what a batch norm keeps with what it reads.

    Args:
        count: number of inputs over which it was measured, MEASURED at most.
        pool: where these come from.
    """
    of = channel.number
    off = abs(kept.mean - measured.mean) / np.maximum(measured.spread, 1e-12)  # (channel,)
    return (
        f"Measured over {min(count, MEASURED)} of {pool}. {channel.item.capitalize()} {of}: mean kept "
        f"{number(kept.mean[of])}, measured {number(measured.mean[of])}; spread kept "
        f"{number(kept.spread[of])}, measured {number(measured.spread[of])}. Of all {len(off)} kept means "
        f"the median one is {number(np.median(off), '.2g')} spreads off, the worst "
        f"{number(off.max(), '.2g')}."
    )


def folding(folded: Folding, channel: Channel) -> str:
    """Weights that make a batch norm needless, and the proof that the answers stay."""
    return (
        "In evaluation mode the norm only multiplies and adds, so it can be folded into the weights before "
        f"it: those of {channel.item} {channel.number} times γ ÷ spread = {number(folded.factor)}, and its "
        f"bias of {number(folded.bias)} becomes {number(folded.folded_bias)}. With all norms folded in and "
        f"none left, the logits of this batch of {len(folded.logits)} differ by "
        f"{number(folded.difference, '.2g')} at most."
    )
