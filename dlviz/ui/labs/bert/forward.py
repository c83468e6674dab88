"""Forward pass of the BERT lab: texts, read by an encoder, with heads switched off on demand."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from dlviz.attention.interventions import drop_heads
from dlviz.attention.patterns import entropy, kinds, looks, rollout
from dlviz.ui.labs.bert.state import Heads, State

if TYPE_CHECKING:
    from dlviz.encoders.loading import Encoder
    from dlviz.encoders.reading import Reading, Tokens


class NoToken(ValueError):
    """There is no token of text to read."""


@dataclass(frozen=True, eq=False)
class ForwardPass:
    """Texts through an encoder.

    Args:
        texts: the learner's, as written.
        off: (layer, head) of the heads that are switched off.
        cosine: mean cosine of the tokens' last vectors with those of the untouched pass; None if no head
            is off.
        selected: the layer and the head that are shown large.
        shown: places of the tokens that are shown.
    """

    encoder: Encoder
    texts: tuple[str, str]
    reading: Reading
    off: Heads
    cosine: float | None
    selected: tuple[int, int]
    shown: tuple[int, ...]

    @property
    def tokens(self) -> Tokens:
        """The tokens that are read."""
        return self.reading.tokens

    @property
    def is_pair(self) -> bool:
        """True if there are two texts."""
        return 1 in self.tokens.segments


def forward(encoder: Encoder, texts: tuple[str, str], state: State) -> ForwardPass:
    """Read a text, or a pair of texts.

    Raises: NoToken if the encoder finds no token of text.
    """
    from dlviz.encoders import reading
    from dlviz.encoders.eager_attention import layer
    from dlviz.encoders.geometry import cosine

    tokens = reading.tokens(encoder, *texts)
    if not tokens.text:
        raise NoToken("no token of text")
    heads = state.off if encoder.editable else ()
    off = tuple(at for at in heads if at[0] < encoder.layers and at[1] < encoder.heads)
    edits = {}
    for number in {number for number, _ in off}:
        edits |= drop_heads(layer(number), [head for at, head in off if at == number])
    untouched = reading.read(encoder, tokens)
    read = reading.read(encoder, tokens, edits) if off else untouched
    return ForwardPass(
        encoder,
        texts,
        read,
        off,
        float(cosine(read.hidden[-1], untouched.hidden[-1]).mean()) if off else None,
        selected=(min(state.layer, encoder.layers - 1), min(state.head, encoder.heads - 1)),
        shown=tokens.text if state.plain else tuple(range(len(tokens))),
    )


def is_filtered(passed: ForwardPass, state: State) -> bool:
    """True if some pairs of tokens are hidden, of two texts."""
    return passed.is_pair and state.pairs != "all"


def shown_patterns(passed: ForwardPass, state: State) -> np.ndarray:
    """(layer, head, query, key) of the tokens that are shown; 0 for pairs that are hidden."""
    attention = passed.reading.attention
    if len(passed.shown) < len(passed.tokens):
        attention = attention[np.ix_(*map(range, attention.shape[:2]), passed.shown, passed.shown)]
    return attention * _shown_pairs(passed, state) if is_filtered(passed, state) else attention


def large_pattern(passed: ForwardPass, state: State) -> np.ndarray:
    """(query, key) of what is shown large: a head, a layer's average, or the rollout through all layers."""
    layer, head = passed.selected
    if state.what == "head":
        return shown_patterns(passed, state)[layer, head]
    if state.what == "average":
        return shown_patterns(passed, state)[layer].mean(axis=0)
    flow = rollout(list(passed.reading.attention))[np.ix_(passed.shown, passed.shown)]
    return flow * _shown_pairs(passed, state) if is_filtered(passed, state) else flow


def _shown_pairs(passed: ForwardPass, state: State) -> np.ndarray:
    """(query, key) bool of the tokens that are shown: True for pairs that are not hidden."""
    segments = np.array(passed.tokens.segments)[list(passed.shown)]
    same = segments[:, None] == segments
    return same if state.pairs == "within" else ~same


@dataclass(frozen=True, eq=False)
class MeasuredHeads:
    """Where every head looks, and how broadly, measured on a text.

    Args:
        kinds: [layer][head], names of `dlviz.attention.patterns.kinds`.
        shares: [layer][kind], (head,) share of attention that lies there.
        bits: (layer, head) mean entropy of the rows.
        most: bits of a head that looks at all tokens alike.
    """

    kinds: list[list[str]]
    shares: list[dict[str, np.ndarray]]
    bits: np.ndarray
    most: float

    def count(self) -> Counter[str]:
        """Number of heads of each kind."""
        return Counter(kind for row in self.kinds for kind in row)


def measure_heads(passed: ForwardPass) -> MeasuredHeads:
    """Measure every head on the tokens that were read, hidden ones included."""
    tokens, patterns = passed.tokens, list(passed.reading.attention)
    ends = tokens.separators, tokens.starts
    return MeasuredHeads(
        [kinds(pattern, *ends) for pattern in patterns],
        [looks(pattern, *ends) for pattern in patterns],
        np.stack([entropy(pattern) for pattern in patterns]),
        float(np.log2(len(tokens))),
    )
