"""Fields of the Transfer learning lab's state for the view What changed, what was lost."""

from __future__ import annotations

from dataclasses import dataclass

from dlviz.training.config import Augmentation
from dlviz.ui import fields
from dlviz.ui.inputs.digit import TEST_DIGITS, DigitFields
from dlviz.ui.runs.fields import run_id

# Layers below the head, in order.
BELOW = {
    "conv_layers.0": "conv 1",
    "conv_layers.3": "conv 2",
    "conv_layers.6": "conv 3",
    "fc_layers.1": "fc 1",
}
# Where their values have passed ReLU.
MAPS = {"conv_layers.1": "conv 1", "conv_layers.4": "conv 2", "conv_layers.7": "conv 3"}
SHIFTS = {
    "noise": ("A little noise", Augmentation(noise=0.3)),
    "strong-noise": ("Strong noise", Augmentation(noise=0.6)),
    "rotation": ("Turned by up to 45°", Augmentation(rotation=45.0)),
    "moved": ("Moved by up to 15 %", Augmentation(shift=0.15)),
}
# Share of its old task that a network may still get right: title, and bounds.
KEPT = {
    "most": ("90 % or more", 0.9, 1.01),
    "part": ("Between 50 and 90 %", 0.5, 0.9),
    "little": ("Less than 50 %", 0.0, 0.5),
}


def _check_layer(text: str) -> None:
    if text not in BELOW:
        raise ValueError("no layer")


def _check_kept(text: str) -> None:
    if text not in KEPT:
        raise ValueError("no share")


@dataclass(frozen=True)
class WhatChangedFields(DigitFields):
    """The network that is compared with what it was.

    Args:
        run: that trained it.
        sample: as of `DigitFields`; a test digit is on the pad from the first.
        maps: layer whose maps are shown.
        shift: of the test pictures.
        guess_layer, guess_kept: what was expected; in older links alone.
    """

    run: str = run_id()
    sample: int = fields.integer(-1, TEST_DIGITS - 1, 0)
    maps: str = fields.choice(MAPS, "conv_layers.4")
    shift: str = fields.choice(SHIFTS, "strong-noise")
    guess_layer: str | None = fields.text(None, _check_layer)
    guess_kept: str | None = fields.text(None, _check_kept)
