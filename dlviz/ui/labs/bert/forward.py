"""The learner's texts, read by an encoder, with heads switched off where the learner wants that."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from dlviz.ui.labs.bert.state import get

if TYPE_CHECKING:
    from dlviz.encoders.loading import Encoder
    from dlviz.encoders.reading import Reading, Tokens


@dataclass(frozen=True, eq=False)
class Run:
    """One pass of the texts.

    Args:
        texts: the learner's, as written.
        off: the heads (layer, head) that are switched off.
        kept: the mean cosine of the tokens' last vectors with those of the untouched run, if heads are off.
    """

    encoder: Encoder
    texts: tuple[str, str]
    reading: Reading
    off: tuple[tuple[int, int], ...]
    kept: float | None

    @property
    def tokens(self) -> Tokens:
        """What is read."""
        return self.reading.tokens

    @property
    def is_pair(self) -> bool:
        """Whether there are two texts."""
        return 1 in self.tokens.segments

    @property
    def chosen(self) -> tuple[int, int]:
        """The layer and head that are shown large."""
        return min(get("layer"), self.encoder.layers - 1), min(get("head"), self.encoder.heads - 1)

    @property
    def shown(self) -> list[int]:
        """The places of the tokens that are shown: all, or those that are text."""
        return list(self.tokens.text if get("plain") else range(len(self.tokens)))


def run(encoder: Encoder, text: str, other: str) -> Run:
    """Read the texts.

    Raises: ValueError if there is no token of text.
    """
    from dlviz.attention.interventions import drop_heads
    from dlviz.encoders import reading
    from dlviz.encoders.eager_attention import layer
    from dlviz.encoders.geometry import cosine

    tokens = reading.tokens(encoder, text, other)
    if not tokens.text:
        raise ValueError("no token of text")
    off = tuple(at for at in get("off") if at[0] < encoder.layers and at[1] < encoder.heads)
    off = off if encoder.editable else ()
    read = reading.read(encoder, tokens)
    if not off:
        return Run(encoder, (text, other), read, (), None)
    edits = {}
    for number in {number for number, _ in off}:
        edits |= drop_heads(layer(number), [head for at, head in off if at == number])
    edited = reading.read(encoder, tokens, edits)
    kept = float(cosine(edited.hidden[-1], read.hidden[-1]).mean())
    return Run(encoder, (text, other), edited, off, kept)


def patterns(current: Run) -> np.ndarray:
    """(layer, head, query, key) of the tokens that are shown, 0 where the filter is."""
    attention = current.reading.attention
    if len(current.shown) < len(current.tokens):
        attention = attention[np.ix_(*map(range, attention.shape[:2]), current.shown, current.shown)]
    return attention * allowed(current) if current.is_pair and get("pairs") != "all" else attention


def allowed(current: Run) -> np.ndarray:
    """(query, key) bool, of the tokens that are shown: whether the learner's filter lets the pair through."""
    segments = np.array(current.tokens.segments)[current.shown]
    same = segments[:, None] == segments
    return same if get("pairs") == "within" else ~same


def large(current: Run, small: np.ndarray) -> np.ndarray:
    """(query, key) of what is shown large: a head, a layer's average, or the rollout through all layers."""
    from dlviz.attention.patterns import rollout

    layer, head = current.chosen
    if get("what") == "head":
        return small[layer, head]
    if get("what") == "average":
        return small[layer].mean(axis=0)
    flow = rollout(list(current.reading.attention))[np.ix_(current.shown, current.shown)]
    return flow * allowed(current) if current.is_pair and get("pairs") != "all" else flow
