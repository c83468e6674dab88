"""A fully connected network drawn in the browser: the drawing, its hidden units as pictures of their weights,
and the logits of its answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dlviz.ui.components import events, load_component
from dlviz.ui.components.wire_format import pack

DARKEST = 0.99  # of the weights lie below the darkest colour

_component = load_component("hidden_layer")


@dataclass(frozen=True, eq=False)
class Picture:
    """A hidden layer between the drawing and the answers.

    Args:
        title: of the layer, over its units.
        note: under them.
        alt: text alternative.
        weights: (unit, height, width), a picture for each unit, in the order in which they are drawn.
        units: their numbers.
        pixels: (28, 28) in [0, 1]; None while nothing is drawn.
        activations: (unit,), none below 0, in the order of `units`.
        selected: number of the unit that is outlined.
        off: numbers of the units that are switched off.
        classes: names of the answers.
        logits: (classes,).
        probabilities: as they are written.
        untouched: logits before anything was switched off; None where nothing is.
        answer: index of the answer that is looked into.
    """

    title: str
    note: str
    alt: str
    weights: np.ndarray
    units: Sequence[int]
    pixels: np.ndarray | None
    activations: np.ndarray
    selected: int
    off: Sequence[int]
    classes: Sequence[str]
    logits: np.ndarray
    probabilities: Sequence[str]
    untouched: np.ndarray | None
    answer: int


def full_colour(weights: np.ndarray) -> float:
    """The size of a weight that is drawn in the darkest colour: 1 in 100 weights, of any shape, is larger."""
    return float(np.quantile(np.abs(weights), DARKEST))


def message(picture: Picture, heard: int = 0) -> bytes:
    """The bytes of a picture; weights travel as places on the scale of 256 colours, 0 the most negative.

    Args:
        heard: number of the newest report that it answers.
    """
    limit = full_colour(picture.weights) or 1.0
    untouched = picture.untouched
    header = {
        "title": picture.title,
        "note": picture.note,
        "alt": picture.alt,
        "units": list(picture.units),
        "limit": limit,
        "selected": picture.selected,
        "off": list(picture.off),
        "classes": list(picture.classes),
        "probabilities": list(picture.probabilities),
        "untouched": None if untouched is None else untouched.astype(float).tolist(),
        "answer": picture.answer,
        "empty": picture.pixels is None,
        "heard": heard,
    }
    places = np.clip((picture.weights / limit + 1) / 2, 0, 1)
    pixels = np.zeros((28, 28)) if picture.pixels is None else picture.pixels
    arrays = {
        "weights": (places * 255).round().astype(np.uint8),
        "activations": picture.activations.astype(np.float32),
        "logits": picture.logits.astype(np.float32),
        "pixels": pixels.astype(np.float32),
    }
    return pack(header, arrays)


def hidden_layer(key: str, picture: Picture) -> None:
    """Draw it; a chosen `unit` or `answer` (its number) is read from `events` in the next run."""
    data = message(picture, events.latest(key, "unit", "answer"))
    _component(key=key, data=data, on_unit_change=events.heard, on_answer_change=events.heard)
