"""Sentences of the Text generation lab, made from a forward pass."""

from itertools import pairwise

import numpy as np

from dlviz.data import letter_frequencies
from dlviz.generation import REACH
from dlviz.ui.labs.generate.forward import ForwardPass
from dlviz.ui.next_character import name_character
from dlviz.ui.text_format.numbers import counted, number

FULL_SURPRISE = 8  # bits of full colour

# Feature -> how it is called, and its high and low ends.
DESCRIPTIONS = {
    "quotes": ("whether the text is inside quotation marks", "inside", "outside"),
    "line": ("how far the line has come", "far along", "at its beginning"),
    "word": ("how far the word has come", "far along", "at its beginning"),
}
# Feature -> how to give a text something for it to follow.
NOTHING = {
    "quotes": "write a quotation mark.",
    "line": "write a longer text.",
    "word": "write a letter.",
}


def colours(passed: ForwardPass) -> str:
    """Meaning of the colours: of a unit, how well it follows a feature, here and elsewhere."""
    match passed.colours:
        case "none":
            return ""
        case "surprise":
            return (
                "Coloured by surprise: −log₂ of the probability that the network gave to the character. "
                "What it was sure of has no colour; full colour is "
                f"{FULL_SURPRISE} bits or more, a chance of 1 in {2**FULL_SURPRISE}."
            )
        case "influence":
            return _influence(passed)
    if passed.tracker is None:
        return _chosen_unit(passed)
    return _tracker(passed)


def _influence(passed: ForwardPass) -> str:
    light = passed.light
    assert light is not None
    at = len(passed.generated.prompt) + passed.at
    best = int(light.argmax())
    from_here = np.cumsum(light[:at][::-1])
    half = int(np.searchsorted(from_here, from_here[-1] / 2)) + 1
    return (
        "Coloured by a gradient: how much a small change of each character’s vector would change the "
        f"probability (its logarithm) of the framed {_name(passed, at)}. It is largest at "
        f"{_name(passed, best)}, {counted(at - best, 'character')} back; half of it all lies on the last "
        f"{counted(half, 'character')}. It is computed for the last {REACH} characters."
    )


def _name(passed: ForwardPass, at: int) -> str:
    return name_character(passed.text[at])


def _chosen_unit(passed: ForwardPass) -> str:
    listed = ", ".join(
        f"{DESCRIPTIONS[name][0]} {number(value, '.2f')}"
        for name, value in passed.correlations.items()
        if value is not None
    )
    told = f" Its correlation here with {listed}." if listed else ""
    return (
        f"Coloured by the cell state of unit {passed.unit}{_of_layers(passed)}: blue positive, orange "
        f"negative.{told}"
    )


def _of_layers(passed: ForwardPass) -> str:
    layers = passed.network.layers
    return "" if layers == 1 else f" of the last of {layers} layers"


def _tracker(passed: ForwardPass) -> str:
    tracker = passed.tracker
    assert tracker is not None
    feature, high, low = DESCRIPTIONS[tracker.feature]
    blue, orange = (high, low) if tracker.found > 0 else (low, high)
    here = passed.correlations[tracker.feature]
    told_here = "" if here is None else f", {number(here, '.2f')} in the text here"
    measured = (
        f"Of {counted(passed.network.units, 'unit')}{_of_layers(passed)}, number {tracker.unit} follows best "
        f"{feature}: correlation {number(tracker.found, '.2f')} in the chapters where it was looked for, "
        f"{number(tracker.verified, '.2f')} in those of another novel{told_here}. "
        f"Blue: {blue}; orange: {orange}."
    )
    if not tracker.tracks:
        return f"{measured} That is too little to say that it does."
    if here is None:
        return (
            f"{measured} In the text here that never changes, so the unit has nothing to follow: "
            f"{NOTHING[tracker.feature]}"
        )
    return measured


def longest_stretches(passed: ForwardPass) -> str:
    """Colours of a unit: its three longest stretches, in the text's order."""
    if passed.light is None or passed.unit is None:
        return ""
    text, light = passed.text, passed.light
    turns = np.flatnonzero(np.diff(light > 0)) + 1
    stretches = [each for each in pairwise([0, *turns, len(text)]) if text[slice(*each)].strip()]
    longest = sorted(sorted(stretches, key=lambda each: each[0] - each[1])[:3])
    listed = [f"{'blue' if light[at] > 0 else 'orange'} {_ends(text[at:end])}" for at, end in longest]
    return f"The colour changes {counted(len(turns), 'time')}; its longest stretches: {', '.join(listed)}."


def _ends(stretch: str) -> str:
    """A stretch of the text by its first and last words."""
    words = stretch.split()
    if len(words) <= 6:
        return f"on “{' '.join(words)}”"
    return f"from “{' '.join(words[:3])}” to “{' '.join(words[-3:])}”"


def costs(passed: ForwardPass) -> str:
    """Table of what a character costs: by guesses, by letter frequencies, by the network."""
    generated = passed.generated
    read = len(generated.prompt)
    texts = {"its own text": (passed.text, read)}
    if read > 1:
        texts = {"your beginning": (generated.prompt, 1), **texts}
    counted_by = [letter_frequencies.costs(text, start) for text, start in texts.values()]
    counted_by.append(letter_frequencies.held_out_costs())
    network = [float(np.mean(generated.bits[start : len(text)])) for text, start in texts.values()]
    held_out = passed.network.held_out
    rows = {
        "a guess at random": [float(np.log2(generated.raw.shape[1]))] * len(counted_by),
        "how frequent each letter is": [single for single, _ in counted_by],
        "and which letter stands before it": [pairs for _, pairs in counted_by],
        "**this network**": [*network, np.nan if held_out is None else held_out],
    }
    heads = [*texts, "chapters that it has never read"]
    lines = [
        f"| Bits a character, by | {' | '.join(heads)} |",
        f"|---|{'---:|' * len(heads)}",
        *(f"| {name} | {' | '.join(map(_bits, values))} |" for name, values in rows.items()),
    ]
    return "\n".join(lines)


def _bits(value: float) -> str:
    return "" if np.isnan(value) else f"{value:.2f}"
