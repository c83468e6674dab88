"""Sentences of the CNN lab, made from a forward pass and the lab's state."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dlviz.ui.components.unit.selection import Selection
from dlviz.ui.components.wall import Stage, input_shape, stage_title, stages
from dlviz.ui.labs.cnn.clamp_choices import channel_counts
from dlviz.ui.labs.cnn.forward import ForwardPass
from dlviz.ui.labs.cnn.networks import ConvolutionalNetwork
from dlviz.ui.labs.cnn.state import State
from dlviz.ui.text_format.markdown import plain
from dlviz.ui.text_format.numbers import percent

LISTED = 6  # channels that are named one by one


def circumstances(passed: ForwardPass, state: State) -> str:
    """Origin of the numbers: trained or random weights, channels switched off, training mode."""
    parts = [plain(passed.network.provenance)]
    if passed.untouched:
        count = sum(map(len, passed.off.values()))
        parts.append(f"**{count} switched off**; untouched it said {plain(passed.untouched.answer)}")
    if state.training:
        share = "half" if passed.dropout == 0.5 else percent(passed.dropout)
        parts.append(f"**training mode**: {share} of the hidden units are silenced")
    return " · ".join(parts)


def describe_wall(panels: Sequence[Stage], passed: ForwardPass | None) -> str:
    """The wall in words: what each stage holds now, and the answer."""
    if passed is None:
        return "The network, waiting for a digit: " + ", ".join(f"{s.title} {s.shape}" for s in panels)
    maps = [
        f"{stage.title}: {stage.shape[0]} maps of {stage.shape[1]}×{stage.shape[2]}, "
        f"the strongest is map {passed.record[stage.name][0].max(axis=(1, 2)).argmax()}"
        for stage in panels
        if stage.kind == "maps"
    ]
    answer = f"{passed.answer} with {percent(passed.probabilities.max())}"
    return f"{_name_weights(passed.network)}. {'; '.join(maps)}. The network says {answer}."


def _name_weights(network: ConvolutionalNetwork) -> str:
    if network.from_run:
        return network.provenance
    return "Trained" if network.seed is None else f"Random weights, seed {network.seed}"


def switched_off(passed: ForwardPass, untouched: ForwardPass) -> str:
    """Effect of the channels that are off on the answer."""
    name = plain(untouched.answer)
    before, now = (each.probabilities[untouched.predicted] for each in (untouched, passed))
    return (
        f"Off: {_list_channels(passed)}. The probability of **{name}** went from "
        f"{percent(before)} to **{percent(now)}**; the network now "
        f"says **{plain(passed.answer)}**. In the network above, outlined bars are the untouched answer."
    )


def _list_channels(passed: ForwardPass) -> str:
    counts = channel_counts(passed.model)
    parts = []
    for stage, off in passed.off.items():
        listed = f"{len(off)} of {counts[stage]}" if len(off) > LISTED else ", ".join(map(str, off))
        parts.append(f"{listed} in {stage_title(passed.model, stage)}")
    return "; ".join(parts)


def each_alone_off(name: str, stage: str, before: float, without: np.ndarray, training: bool) -> str:
    """Worth of the channels of a stage to an answer: the probability without the most important one.

    Args:
        name: of the answer's class.
        stage: title of the stage.
        before: probability of the class now.
        without: (channel,) its probability with each channel alone switched off.
        training: the lab is in training mode, where these are not measured.
    """
    worst = int(without.argmin())
    return (
        f"The probability of {name} if one of the {len(without)} of {stage} alone "
        f"were off{', outside training mode' if training else ''}. Most is lost without {worst}: "
        f"{percent(without[worst])} instead of {percent(before)}."
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
        f"Of {lit} units that answer to this picture, {len(silenced)} are silenced this time and "
        f"{lit - len(silenced)} are {grown}, so that their sum stays the same on average."
    )


def kernels(passed: ForwardPass, convolution: int, selected: Selection) -> str:
    """Number of the kernels shown, the map they make, and what each of them reads.

    Args:
        convolution: counted from 0.
    """
    count = [stage.shape[0] for stage in stages(passed.model) if stage.layer == "Conv2d"]
    if convolution == 0:
        colours = ", for each colour it reads" if input_shape(passed.model)[0] > 1 else ""
        return f"The {count[0]} kernels of conv 1, one for each map it makes{colours}."
    made = f"map {selected.channel} of conv {convolution + 1}"
    return f"The {count[convolution - 1]} kernels that make {made}, one for each map it reads."


def faithfulness_test(pixels: int, colour: bool, training: bool) -> str:
    """Explanation of the test that each attribution is put to.

    Args:
        pixels: number of those blanked, a tenth of the picture.
        colour: the picture is a photograph, which has light where a drawing has ink.
    """
    return (
        f"The test under each heat: blank the tenth of the picture ({pixels} pixels) that it "
        "calls most important. If it is right, the probability falls further than without random "
        f"{'light' if colour else 'ink'}." + (" Measured outside training mode." if training else "")
    )
