"""What the lab says of a text, computed from it."""

from __future__ import annotations

import numpy as np

from dlviz.ui import warm
from dlviz.ui.generate.run import FILE, Run

# What a feature is called, and what its high and low ends are.
WHAT = {
    "quotes": ("whether the text stands inside quotation marks", "inside", "outside"),
    "line": ("how far the line has come", "far along", "at its beginning"),
    "word": ("how far the word has come", "far along", "at its beginning"),
}


def made() -> str:
    """Which weights, trained on what, how well."""
    return f"CharacterLSTM, 512 units, trained on two novels by Jane Austen: {warm.result(FILE)}."


def light(current: Run) -> str:
    """What the colours mean, and how well the unit was measured to follow it, here and elsewhere."""
    if current.unit is None:
        return ""
    here = {name: number(value) for name, value in correlations(current).items()}
    tracker = current.tracker
    if tracker is None:
        told = ", ".join(f"{WHAT[name][0]} {value}" for name, value in here.items())
        lit = f"Lit by the cell state of unit {current.unit}: blue positive, orange negative."
        return f"{lit} Its correlation here with {told}."
    what, high, low = WHAT[tracker.feature]
    blue, orange = (high, low) if tracker.found > 0 else (low, high)
    found, again = number(tracker.found), number(tracker.verified)
    measured = (
        f"Of 512 units, number {tracker.unit} follows best {what}: correlation {found} in the chapters where "
        f"it was looked for, {again} in those of another novel, {here[tracker.feature]} in the text here. "
        f"Blue: {blue}; orange: {orange}."
    )
    return measured if tracker.tracks else f"{measured} That is too little to say that it follows it."


def correlations(current: Run) -> dict[str, float]:
    """The lighting unit's correlation with each feature, in the text on screen."""
    from dlviz import tracking

    assert current.unit is not None
    text, cell = current.generated.prompt + current.generated.text, current.generated.cell[:, [current.unit]]
    return {name: float(tracking.correlations(cell, of(text))[0]) for name, of in tracking.FEATURES.items()}


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
