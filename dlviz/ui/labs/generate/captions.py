"""Sentences of the Text generation lab, made from a forward pass."""

from itertools import pairwise

import numpy as np

from dlviz.ui.labs.generate.forward import ForwardPass

# Feature -> how it is called, and its high and low ends.
DESCRIPTIONS = {
    "quotes": ("whether the text stands inside quotation marks", "inside", "outside"),
    "line": ("how far the line has come", "far along", "at its beginning"),
    "word": ("how far the word has come", "far along", "at its beginning"),
}


def lighting_unit(passed: ForwardPass) -> str:
    """Meaning of the colours, and how well the unit was measured to follow a feature, here and elsewhere."""
    if passed.unit is None:
        return ""
    here = {name: _decimal(value) for name, value in passed.correlations.items()}
    tracker, layers, units = passed.tracker, passed.network.layers, passed.network.units
    of_layers = "" if layers == 1 else f" of the last of {layers} layers"
    if tracker is None:
        listed = ", ".join(f"{DESCRIPTIONS[name][0]} {value}" for name, value in here.items())
        return (
            f"Lit by the cell state of unit {passed.unit}{of_layers}: blue positive, orange negative. "
            f"Its correlation here with {listed}."
        )
    feature, high, low = DESCRIPTIONS[tracker.feature]
    blue, orange = (high, low) if tracker.found > 0 else (low, high)
    measured = (
        f"Of {units:,} unit{'' if units == 1 else 's'}{of_layers}, number {tracker.unit} follows best "
        f"{feature}: correlation {_decimal(tracker.found)} in the chapters where it was looked for, "
        f"{_decimal(tracker.verified)} in those of another novel, {here[tracker.feature]} in the text here. "
        f"Blue: {blue}; orange: {orange}."
    )
    return measured if tracker.tracks else f"{measured} That is too little to say that it follows it."


def longest_stretches(passed: ForwardPass) -> str:
    """Colours of the light: its three longest stretches, in the text's order."""
    if passed.light is None:
        return ""
    text, light = passed.text, passed.light
    turns = np.flatnonzero(np.diff(light > 0)) + 1
    stretches = [each for each in pairwise([0, *turns, len(text)]) if text[slice(*each)].strip()]
    longest = sorted(sorted(stretches, key=lambda each: each[0] - each[1])[:3])
    listed = [f"{'blue' if light[at] > 0 else 'orange'} {_ends(text[at:end])}" for at, end in longest]
    return f"The light changes its colour {len(turns):,} times; its longest stretches: {', '.join(listed)}."


def _ends(stretch: str) -> str:
    """A stretch of the text by its first and last words."""
    words = stretch.split()
    if len(words) <= 6:
        return f"on “{' '.join(words)}”"
    return f"from “{' '.join(words[:3])}” to “{' '.join(words[-3:])}”"


def surprise(passed: ForwardPass) -> str:
    """Bits that a character costs the network, in the prompt and in its own text."""
    bits, read = passed.generated.bits, len(passed.generated.prompt)
    parts = []
    if read > 1:
        parts.append(f"Your prompt costs the network {np.mean(bits[1:read]):.2f} bits a character")
    if passed.generated.text:
        parts.append(f"its own text {np.mean(bits[read:]):.2f}")
    chance = np.log2(passed.generated.raw.shape[1])
    return f"{', '.join(parts)}; a guess at random would cost {chance:.2f}.".capitalize()


def _decimal(value: float) -> str:
    """Two decimals, with a true minus sign."""
    return f"{value:.2f}".replace("-", "−")
