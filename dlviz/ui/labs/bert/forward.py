"""Forward pass of the BERT lab: texts, read by an encoder, with heads switched off on demand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from dlviz.attention.interventions import drop_heads
from dlviz.attention.patterns import entropy, kinds, looks, rollout
from dlviz.ui.labs.bert.state import PACKAGED, Heads, State

if TYPE_CHECKING:
    from dlviz.encoders.loading import Encoder
    from dlviz.encoders.reading import Reading, Tokens
    from dlviz.trace import Edit


class NoToken(ValueError):
    """There is no token of text to read."""


@dataclass(frozen=True, eq=False)
class ForwardPass:
    """Texts through an encoder.

    Args:
        texts: the learner's, as written.
        off: (layer, head) of the heads that are switched off.
        untouched: the pass with every head on.
        answers: the answer with every head on, and now: the logit of “positive” minus that of “negative”, or
            of a pair the cosine of its texts; None if no head is off, or if the encoder gives neither.
        selected: the layer and the head that are shown large.
        shown: places of the tokens that are shown.
    """

    encoder: Encoder
    texts: tuple[str, str]
    reading: Reading
    off: Heads
    untouched: Reading
    answers: tuple[float, float] | None
    selected: tuple[int, int]
    shown: tuple[int, ...]

    @property
    def tokens(self) -> Tokens:
        """The tokens that are read."""
        return self.reading.tokens

    @property
    def cosine(self) -> float:
        """Mean cosine of the tokens' last vectors with those of the untouched pass."""
        from dlviz.encoders.geometry import cosine

        return float(cosine(self.reading.hidden[-1], self.untouched.hidden[-1]).mean())

    @property
    def moved(self) -> np.ndarray:
        """(layer, head) share of attention that lies on other tokens than in the untouched pass."""
        change = np.abs(self.reading.attention - self.untouched.attention)
        return change.sum(axis=-1).mean(axis=-1) / 2

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
        untouched,
        _answers(encoder, texts, edits) if off else None,
        selected=(min(state.layer, encoder.layers - 1), min(state.head, encoder.heads - 1)),
        shown=tokens.text if state.plain else tuple(range(len(tokens))),
    )


def _answers(
    encoder: Encoder, texts: tuple[str, str], edits: Mapping[str, Edit]
) -> tuple[float, float] | None:
    from dlviz.encoders import answers, reading

    first, other = (reading.tokens(encoder, text) for text in texts)
    if other.text:
        before, after = (answers.likeness_of_pair(encoder, first, other, each) for each in ({}, edits))
    elif encoder.name == PACKAGED:
        before, after = (answers.value(answers.margin, encoder, first, each) for each in ({}, edits))
    else:
        return None
    return before, after


def is_filtered(passed: ForwardPass, state: State) -> bool:
    """True if some pairs of tokens are hidden, of two texts."""
    return passed.is_pair and state.pairs != "all"


def shown_patterns(passed: ForwardPass, state: State) -> np.ndarray:
    """(layer, head, query, key) of the tokens that are shown; 0 for pairs that are hidden."""
    return _shown(passed.reading.attention, passed, state)


def large_pattern(passed: ForwardPass, state: State) -> np.ndarray:
    """(query, key) of what is shown large: a head, a layer's average, or the rollout through all layers.

    While heads are off, it is that of now, that of the untouched pass, or now minus untouched.
    """
    after, before = (
        _shown(_whole_pattern(each, passed, state), passed, state)
        for each in (passed.reading.attention, passed.untouched.attention)
    )
    match compared(passed, state):
        case "before":
            return before
        case "difference":
            return after - before
        case _:
            return after


def compared(passed: ForwardPass, state: State) -> str:
    """Choice of after, before and difference that is shown large: after, if all heads are on."""
    return state.compared if passed.off else "after"


def _whole_pattern(attention: np.ndarray, passed: ForwardPass, state: State) -> np.ndarray:
    layer, head = passed.selected
    if state.what == "head":
        return attention[layer, head]
    return attention[layer].mean(axis=0) if state.what == "average" else rollout(list(attention))


def _shown(attention: np.ndarray, passed: ForwardPass, state: State) -> np.ndarray:
    """Cut attention (…, query, key) to the tokens that are shown."""
    places = list(passed.shown)
    attention = attention[..., places, :][..., places]
    return attention * _shown_pairs(passed, state) if is_filtered(passed, state) else attention


def _shown_pairs(passed: ForwardPass, state: State) -> np.ndarray:
    """(query, key) bool of the tokens that are shown: True for pairs that are not hidden."""
    segments = np.array(passed.tokens.segments)[list(passed.shown)]
    same = segments[:, None] == segments
    return same if state.pairs == "within" else ~same


@dataclass(frozen=True, eq=False)
class MeasuredHeads:
    """Kind of token that every head looks at, and its entropy, measured on a text.

    Args:
        kinds: [layer][head], names of `dlviz.attention.patterns.kinds`.
        shares: [layer][kind], (head,) share of attention that lies there.
        bits: (layer, head) mean entropy of the rows.
        most: bits of a head that looks at all tokens evenly.
    """

    kinds: list[list[str]]
    shares: list[dict[str, np.ndarray]]
    bits: np.ndarray
    most: float

    def count(self) -> Counter[str]:
        """Number of heads of each kind."""
        return Counter(kind for row in self.kinds for kind in row)


@dataclass(frozen=True)
class Sink:
    """Parts of the token that opens the text, such as [CLS], in what all heads do.

    Args:
        attention: its share of all attention.
        length: of its value vector, as a multiple of the words' mean, the median over all heads.
        gathered: its share of all that is gathered, each weight times the length of the value vector.
    """

    attention: float
    length: float
    gathered: float


def sink_of(passed: ForwardPass) -> Sink | None:
    """Measure the first token as an attention sink; None without value vectors or without such a token.

    Source: Kobayashi et al. 2020, "Attention is Not Only a Weight", section 4.
    """
    tokens, values = passed.tokens, passed.reading.values
    if values is None or not tokens.starts:
        return None
    place = tokens.starts[0]
    received = passed.reading.attention.mean(axis=2)  # (layer, head, key)
    gathered = received * values
    multiples = values[..., place] / values[..., list(tokens.text)].mean(axis=-1)
    return Sink(
        float(received[..., place].mean()),
        float(np.median(multiples)),
        float(gathered[..., place].sum() / gathered.sum()),
    )


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
