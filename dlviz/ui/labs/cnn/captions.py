"""Sentences of the CNN lab, made from a forward pass and the lab's state."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from dlviz.data import digits
from dlviz.ui.components.unit.selection import Selection
from dlviz.ui.components.wall import Stage, input_shape, stage_title, stages
from dlviz.ui.labs.cnn.clamp_choices import channel_counts
from dlviz.ui.labs.cnn.forward import ForwardPass, lead
from dlviz.ui.labs.cnn.networks import ConvolutionalNetwork
from dlviz.ui.labs.cnn.state import State
from dlviz.ui.text_format.markdown import plain
from dlviz.ui.text_format.numbers import counted, number, percent, probability

if TYPE_CHECKING:
    from dlviz.explain import Faithfulness

LISTED = 6  # channels that are named one by one


def circumstances(passed: ForwardPass, state: State, placed: bool = True) -> str:
    """Origin of the numbers: trained or random weights, channels switched off, training mode.

    Args:
        placed: the drawing is a test digit or a picture, not the learner's own.
    """
    parts = [plain(passed.network.provenance)]
    if passed.untouched:
        count = sum(map(len, passed.off.values()))
        parts.append(f"**{count} switched off**; untouched it said {plain(passed.untouched.answer)}")
    if passed.network.seed is None and passed.network.reads_digits and not placed:
        parts.append("ten digits are all it was ever shown: one of them must win, whatever is drawn")
    if state.training:
        share = "half" if passed.dropout == 0.5 else percent(passed.dropout)
        parts.append(f"**training mode**: {share} of the hidden units are silenced")
    return " · ".join(parts)


def preparation(part: tuple[slice, slice]) -> str:
    """Way of a drawing to the network’s input.

    Args:
        part: rows and columns of the pad's bitmap that have ink.
    """
    longer = max(side.stop - side.start for side in part) * digits.SIDE / digits.PAD  # in pixels of the input
    factor = digits.BOX / longer
    grown = f"made {factor:.2g} times as large" if factor > 1 else f"made smaller, to {percent(factor)}"
    return (
        f"The grey part is cut out, {grown}, so that its longer side has {digits.BOX} of {digits.SIDE} "
        "pixels, and laid with its centre of mass in the middle: as MNIST’s digits were."
    )


def describe_wall(panels: Sequence[Stage], passed: ForwardPass | None) -> str:
    """The wall in words: what each stage holds now, and the answer."""
    if passed is None:
        return "The network, waiting for a digit: " + ", ".join(f"{s.title} {s.shape}" for s in panels)
    maps = [
        f"{stage.title}: {counted(stage.shape[0], 'map')} of {stage.shape[1]}×{stage.shape[2]}, "
        f"the strongest is map {passed.record[stage.name][0].max(axis=(1, 2)).argmax()}"
        for stage in panels
        if stage.kind == "maps"
    ]
    answer = f"{passed.answer} with {probability(passed.probabilities.max())}"
    return f"{_name_weights(passed.network)}. {'; '.join(maps)}. The network says {answer}."


def _name_weights(network: ConvolutionalNetwork) -> str:
    if network.from_run:
        return network.provenance
    return "Trained" if network.seed is None else f"Random weights, seed {network.seed}"


def switched_off(passed: ForwardPass, untouched: ForwardPass) -> str:
    """Effect of the channels that are off on the answer."""
    target = untouched.predicted
    before, now = (float(lead(each.logits, target)) for each in (untouched, passed))
    standing = f"leads by **{number(now)}**" if now > 0 else f"is **{number(-now)}** behind"
    verb = "still" if passed.predicted == target else "now"
    return (
        f"Off: {_list_channels(passed)}. The logit of **{plain(untouched.answer)}** led by {number(before)} "
        f"and now {standing}: the network {verb} says **{plain(passed.answer)}**. "
        "In the network above, outlined bars are the answer before."
    )


def _list_channels(passed: ForwardPass) -> str:
    counts = channel_counts(passed.model)
    parts = []
    for stage, off in passed.off.items():
        listed = f"{len(off)} of {counts[stage]}" if len(off) > LISTED else ", ".join(map(str, off))
        parts.append(f"{listed} in {stage_title(passed.model, stage)}")
    return "; ".join(parts)


def each_alone_off(
    name: str, title: str, item: str, before: float, without: np.ndarray, training: bool
) -> str:
    """Worth of the channels of a stage to an answer: its lead without the most important one.

    Args:
        name: of the answer's class.
        title: of the stage.
        item: what a channel of it is called.
        before: lead of the class's logit over the next, now.
        without: (channel,) its lead with each channel alone switched off.
        training: the lab is in training mode, where these are not measured.
    """
    worst, tipping = int(without.argmin()), int((without < 0).sum())
    least = (
        f"{item.capitalize()} {worst} matters most: without it the lead is {number(without[worst])} instead "
        f"of {number(before)}."
        if without[worst] < before
        else f"No {item} of them adds to it."
    )
    outcome = (
        f"{counted(tipping, item)} alone can tip the answer" if tipping else "No single one tips the answer"
    )
    return (
        f"The lead of {name}, in logits, with one {item} of {title} switched off at a time"
        f"{', outside training mode' if training else ''}. {least} {outcome}."
    )


def dropout(units: np.ndarray, silenced: np.ndarray, probability: float, training: bool) -> str:
    """Effect of dropout on the hidden units.

    Args:
        units: (units,) before dropout.
        silenced: numbers of those that dropout has made 0.
        probability: of being silenced.
    """
    if not training:
        return "Outside training, dropout does nothing: every unit passes on what it has."
    lit = int((units > 0).sum())
    factor = 1 / (1 - probability)
    grown = "doubled" if factor == 2 else f"made {factor:.3g} times as large"
    return (
        f"Of {counted(lit, 'unit')} lit by this picture, dropout silences {len(silenced)} this time; the "
        f"other {lit - len(silenced)} are {grown}, so that their sum stays the same on average."
    )


def many_masks(answers: np.ndarray, at_rest: np.ndarray, classes: Sequence[str]) -> str:
    """Answers of many masks over one drawing: which classes win, and their mean beside evaluation mode.

    Args:
        answers: (masks, classes) logits.
        at_rest: (classes,) logits in evaluation mode.
    """
    predicted = int(at_rest.argmax())
    wins = np.bincount(answers.argmax(axis=1), minlength=len(classes))
    order: list[int] = np.argsort(-wins, kind="stable").tolist()
    others = [at for at in order if wins[at] and at != predicted]
    name, logits = plain(classes[predicted]), answers[:, predicted]
    error = float(logits.std() / np.sqrt(len(logits)))
    shares = [f"{wins[at]} {'gives' if wins[at] == 1 else 'give'} **{plain(classes[at])}**" for at in others]
    same = "all give" if not others else "1 gives" if wins[predicted] == 1 else f"{wins[predicted]} give"
    return (
        f"Of {len(answers)} masks, {same} **{name}**, the answer of evaluation mode"
        f"{''.join(f'; {share}' for share in shares)}. The logit of {name} goes from {number(logits.min())} "
        f"to {number(logits.max())}; its mean is {number(logits.mean())} (standard error "
        f"{number(error, '.2g')}), and in evaluation mode it is {number(at_rest[predicted])}."
    )


def wavering(others: np.ndarray, masks: int, origin: str) -> str:
    """Number of examples whose answer depends on the mask.

    Args:
        others: (n,) how many of the masks give an example another answer than evaluation mode.
        origin: where the examples come from.
    """
    count = int((others > 0).sum())
    start = f"Of the first {len(others)} of {origin}, "
    if not count:
        return f"{start}none wavers: under each of the same {masks} masks the answer stays."
    return (
        f"{start}{counted(count, 'wavers', 'waver')}: at least one of the same {masks} masks gives another "
        "answer than evaluation mode."
    )


def kernels(passed: ForwardPass, convolution: int, selected: Selection) -> str:
    """Number of the kernels shown, the map they make, and what each of them reads.

    Args:
        convolution: counted from 0.
    """
    from torch import nn

    count = [stage.shape[0] for stage in stages(passed.model) if issubclass(stage.layer, nn.Conv2d)]
    if convolution == 0:
        colours = ", for each colour it reads" if input_shape(passed.model)[0] > 1 else ""
        return f"The {count[0]} kernels of conv 1, one for each map it makes{colours}."
    made = f"map {selected.channel} of conv {convolution + 1}"
    return f"The {count[convolution - 1]} kernels that make {made}, one for each map it reads."


def compare_with_chance(test: Faithfulness) -> str:
    """Verdict on an attribution: the share of random draws that it beats."""
    share = test.beaten / test.draws
    judged = "better than chance" if share >= 0.95 else "no better than chance"
    return f"It beats {test.beaten} of {test.draws} random draws: {judged}."


def faithfulness_test(pixels: int, colour: bool, training: bool) -> str:
    """Explanation of the test that each attribution is put to.

    Args:
        pixels: number of those blanked, a tenth of the picture.
        colour: the picture is a photograph, which has light where a drawing has ink.
    """
    return (
        f"The test under each heat: blank the tenth of the picture ({pixels} pixels) that it "
        "calls most important. If it is right, the probability falls further than without as much random "
        f"{'light' if colour else 'ink'}, in at least 95 of 100 draws."
        + (" Measured outside training mode." if training else "")
    )


def beyond(name: str, dreamed: np.ndarray, real: float, among: str, through_relu: bool) -> str:
    """Compare the best dream with the strongest real picture.

    Args:
        name: of what is excited, such as `map 5 of conv 3`.
        dreamed: (starts,) values of the dreams.
        real: the largest value of a real picture.
        among: of how many of which it is the largest, such as `MNIST’s 10,000 test digits`.
        through_relu: a ReLU follows, and the value is that of one unit, at the place where it is largest.
    """
    best = float(dreamed.max())
    reached = (
        f"{name[0].upper()}{name[1:]} reaches **{number(best, '.3g')}** in the best dream and "
        f"**{number(real, '.3g')}** in the strongest of {among}"
    )
    if np.ptp(dreamed) == 0:
        return f"{reached}: no dream changes it: it is the same for every picture."
    if real <= 0 and through_relu:
        woken = "only the dream wakes it" if best > 0 else "not even the dream wakes it"
        return f"{reached}. ReLU turns what is below 0 into 0: for real pictures it is dead, and {woken}."
    if best <= real:
        return f"{reached}: this dream does not get as far."
    if real <= 0:
        return f"{reached}: the dream goes {number(best - real, '.3g')} further."
    return f"{reached}: the dream goes {number(best / real, '.3g')} times as far."


def dreamed_of(name: str, shape: tuple[int, int] | None, through_relu: bool) -> str:
    """The meaning of the numbers under dreams and real pictures.

    Args:
        name: of what is excited.
        shape: (height, width) of the part of the picture that a unit sees; None where that is all of it.
    """
    value = f"Under each picture: {name}{', before ReLU' if through_relu else ''}."
    if shape is None:
        return value
    height, width = shape
    return f"{value} A unit of it sees {height}×{width} pixels, which are shown; grey is beyond the edge."


def read_by_both(digit: int, own: np.ndarray, other: np.ndarray) -> str:
    """The answers of two networks to dreams of a digit.

    Args:
        own: (starts, 10) probabilities of the network that dreams.
        other: (starts, 10) of another one, which was trained on the same digits.
    """
    convinced = [int((each.argmax(1) == digit).sum()) for each in (own, other)]
    surest = probability(float(own[:, digit].max()))
    return (
        f"This network reads {convinced[0]} of {len(own)} dreams as {digit}, the surest with {surest}. "
        f"Another network, also trained on digits, reads {convinced[1]} of {len(other)} as {digit}."
    )


def scores(counted_right: Mapping[str, tuple[int, int]]) -> str:
    """The learner's predictions so far; empty before there is one.

    Args:
        counted_right: `dreams` and `real` -> predictions that were right, and of how many.
    """
    (dreams, dreamed), (patches, seen) = counted_right["dreams"], counted_right["real"]
    if not dreamed + seen:
        return ""
    after = f"after dreams alone {dreams} of {dreamed}, after real pictures alone {patches} of {seen}"
    return f"Right so far: {after}."
