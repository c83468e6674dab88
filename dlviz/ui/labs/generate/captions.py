"""What the lab says of a text, computed from it."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from dlviz.ui.labs.generate.forward import Run

# What a feature is called, and what its high and low ends are.
WHAT = {
    "quotes": ("whether the text stands inside quotation marks", "inside", "outside"),
    "line": ("how far the line has come", "far along", "at its beginning"),
    "word": ("how far the word has come", "far along", "at its beginning"),
}


def light(current: Run) -> str:
    """What the colours mean, and how well the unit was measured to follow it, here and elsewhere."""
    if current.unit is None:
        return ""
    here = {name: number(value) for name, value in correlations(current).items()}
    tracker = current.tracker
    if tracker is None:
        told = ", ".join(f"{WHAT[name][0]} {value}" for name, value in here.items())
        lit = f"Lit by the cell state of unit {current.unit}{_of(current)}: blue positive, orange negative."
        return f"{lit} Its correlation here with {told}."
    what, high, low = WHAT[tracker.feature]
    blue, orange = (high, low) if tracker.found > 0 else (low, high)
    found, again = number(tracker.found), number(tracker.verified)
    measured = (
        f"Of {_units(current)}, number {tracker.unit} follows best {what}: correlation {found} in the "
        f"chapters where it was looked for, {again} in those of another novel, {here[tracker.feature]} in "
        f"the text here. Blue: {blue}; orange: {orange}."
    )
    return measured if tracker.tracks else f"{measured} That is too little to say that it follows it."


def _units(current: Run) -> str:
    count = current.network.units
    return f"{count:,} unit{'' if count == 1 else 's'}{_of(current)}"


def _of(current: Run) -> str:
    layers = current.network.layers
    return "" if layers == 1 else f" of the last of {layers} layers"


def places(current: Run) -> str:
    """Where in the text the light has which colour: its three longest stretches, in the text's order."""
    if current.unit is None:
        return ""
    text, cell = current.generated.prompt + current.generated.text, current.generated.cell[:, current.unit]
    turns = np.flatnonzero(np.diff(cell > 0)) + 1
    stretches = [each for each in pairwise([0, *turns, len(text)]) if text[slice(*each)].strip()]
    longest = sorted(sorted(stretches, key=lambda each: each[0] - each[1])[:3])
    told = [f"{'blue' if cell[at] > 0 else 'orange'} {_between(text[at:end])}" for at, end in longest]
    return f"The light changes its colour {len(turns):,} times; its longest stretches: {', '.join(told)}."


def _between(stretch: str) -> str:
    """A stretch of the text by its first and last words."""
    words = stretch.split()
    if len(words) <= 6:
        return f"on “{' '.join(words)}”"
    return f"from “{' '.join(words[:3])}” to “{' '.join(words[-3:])}”"


def correlations(current: Run) -> dict[str, float]:
    """The lighting unit's correlation with each feature, in the text on screen."""
    from dlviz import interpretable_units

    assert current.unit is not None
    text, cell = current.generated.prompt + current.generated.text, current.generated.cell[:, [current.unit]]
    return {
        name: float(interpretable_units.correlations(cell, of(text))[0])
        for name, of in interpretable_units.FEATURES.items()
    }


def number(value: float) -> str:
    """Two decimals, with a true minus sign."""
    return f"{value:.2f}".replace("-", "−")


def surprise(current: Run) -> str:
    """How well the network foresaw the prompt and its own text."""
    bits, read = current.generated.bits, len(current.generated.prompt)
    parts = []
    if read > 1:
        parts.append(f"Your prompt costs the network {np.mean(bits[1:read]):.2f} bits a character")
    if current.generated.text:
        parts.append(f"its own text {np.mean(bits[read:]):.2f}")
    chance = np.log2(current.generated.raw.shape[1])
    return f"{', '.join(parts)}; a guess at random would cost {chance:.2f}.".capitalize()
