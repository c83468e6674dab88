"""What the lab says of a text, computed from it."""

from __future__ import annotations

import numpy as np

from dlviz.ui import warm
from dlviz.ui.generate.run import FILE, Run

WHAT = {
    "quotes": "whether the text stands inside quotation marks",
    "line": "how far the line has come",
    "word": "how far the word has come",
}


def made() -> str:
    """Which weights, trained on what, how well."""
    return f"CharacterLSTM, 512 units, trained on two novels by Jane Austen: {warm.result(FILE)}."


def light(current: Run) -> str:
    """What the colours mean, and how well the unit was measured to follow it."""
    if current.unit is None:
        return ""
    if current.tracker is None:
        return f"Lit by the cell state of unit {current.unit}: blue positive, orange negative."
    tracker = current.tracker
    found, verified = (f"{value:.2f}".replace("-", "−") for value in (tracker.found, tracker.verified))
    measured = (
        f"of 512 units, number {tracker.unit} follows best {WHAT[tracker.feature]}: correlation {found} "
        f"in the chapters where it was looked for, {verified} in another novel"
    )
    if not tracker.tracks:
        return f"No unit follows this well enough ({measured}); lit by that one all the same."
    return f"Found by measurement, not chosen: {measured}. Blue is positive, orange negative."


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
