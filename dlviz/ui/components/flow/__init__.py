"""A text's way through a bidirectional LSTM, drawn in the browser: words, states, and the answer."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from dlviz.ui.components import events, load_component
from dlviz.ui.components.wire_format import half, pack

_component = load_component("flow")


@dataclass(frozen=True, eq=False)
class Flow:
    """A text, the states of both directions, and the answer.

    Args:
        words, indices: of the text, in order.
        unknown: places of words that the network does not know.
        word: place of the one that is looked at.
        classes: names of the answers.
        alt: text alternatives of `vectors`, `forward` and `backward`.
        vectors: (words, embed).
        forward, backward: (words, hidden) states of both directions after each word.
        parts: (classes, 3), what forward state, backward state and bias add to each logit.
        logits, probabilities: (classes,).
    """

    words: Sequence[str]
    indices: Sequence[int]
    unknown: Collection[int]
    word: int
    classes: Sequence[str]
    alt: Mapping[str, str]
    vectors: np.ndarray
    forward: np.ndarray
    backward: np.ndarray
    parts: np.ndarray
    logits: np.ndarray
    probabilities: np.ndarray


def flow(key: str, shown: Flow) -> None:
    """Draw it; the word that the learner chooses comes with the next run (see `chosen_word`)."""
    header = {
        "words": shown.words,
        "indices": shown.indices,
        "unknown": sorted(shown.unknown),
        "word": shown.word,
        "classes": shown.classes,
        "alt": shown.alt,
    }
    strips = {"vectors": shown.vectors, "forward": shown.forward, "backward": shown.backward}
    read_off = {"parts": shown.parts, "logits": shown.logits, "probabilities": shown.probabilities}
    arrays = {name: half(values) for name, values in strips.items()}
    arrays |= {name: values.astype(np.float32) for name, values in read_off.items()}
    _component(key=key, data=pack(header, arrays), on_word_change=events.heard)


def chosen_word(key: str, longest: int) -> int | None:
    """Place of the word that the learner has chosen, if that is news."""
    match events.numbers(key, "word", 1):
        case [word] if 0 <= word < longest:
            return word
    return None
