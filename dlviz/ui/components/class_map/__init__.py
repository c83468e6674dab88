"""A picture, a head's answer, and the exact class activation map that leads to it, laid over the picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dlviz.ui.components import load_component
from dlviz.ui.components.wire_format import pack

_component = load_component("class_map")


@dataclass(frozen=True, eq=False)
class Answered:
    """A picture, and all that a head says of it.

    Args:
        jpeg: the picture's file.
        classes: their names.
        probabilities, logits, bias: (classes,).
        maps: (classes, rows, columns), each with the sum logit − bias.
    """

    jpeg: bytes
    classes: Sequence[str]
    probabilities: np.ndarray
    logits: np.ndarray
    bias: np.ndarray
    maps: np.ndarray


def class_map(key: str, answered: Answered, title: str = "", side: int = 300) -> None:
    """Draw it; a click on a class shows its map.

    Args:
        title: above the picture.
        side: of the picture in CSS pixels.
    """
    header = {"title": title, "classes": list(answered.classes), "side": side}
    arrays = {
        name: getattr(answered, name).astype(np.float32)
        for name in ("probabilities", "logits", "bias", "maps")
    }
    picture = {"jpeg": np.frombuffer(answered.jpeg, np.uint8)}
    _component(key=key, data=pack(header, arrays | picture))
