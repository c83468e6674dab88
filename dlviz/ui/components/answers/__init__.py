"""Networks side by side that answer the same question: of each its answer, and a picture of its inside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dlviz.ui.components import load_component
from dlviz.ui.components.wire_format import half, pack

_component = load_component("answers")


@dataclass(frozen=True, eq=False)
class Inside:
    """An answer, and the picture that was computed on the way to it.

    Args:
        answer: in a character or two.
        share: its probability in [0, 1].
        probability: the same as text.
        values: (height, width), the picture.
        scale: name of one of the palette's colour scales.
        alt: text alternative of the picture.
        over: lay the drawing over the picture.
    """

    answer: str
    share: float
    probability: str
    values: np.ndarray
    scale: str
    alt: str
    over: bool = False


@dataclass(frozen=True, eq=False)
class Card:
    """A network's place.

    Args:
        name: of the network.
        way: of reading, in a few words.
        shown: in the picture.
        inside: None while there is nothing to read.
    """

    name: str
    way: str
    shown: str
    inside: Inside | None = None


def answers(
    key: str, sentence: str, cards: Sequence[Card], pixels: np.ndarray | None = None, version: int = 0
) -> None:
    """Draw the cards.

    Args:
        sentence: over all of them.
        pixels: the drawing (28, 28) in [0, 1].
        version: number of the finished drawing that is shown; 0 while it is in progress.
    """
    arrays = {} if pixels is None else {"drawing": pixels.astype(np.float16)}
    described = []
    for at, card in enumerate(cards):
        header: dict[str, object] = {"name": card.name, "way": card.way, "shown": card.shown, "inside": None}
        if card.inside is not None:
            arrays[str(at)] = half(card.inside.values)
            header["inside"] = {name: value for name, value in vars(card.inside).items() if name != "values"}
        described.append(header)
    header = {"sentence": sentence, "cards": described, "version": version}
    _component(key=key, data=pack(header, arrays))
