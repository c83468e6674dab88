"""What the lab says of a run, computed from it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from dlviz.ui.labs.bert.state import PACKAGED, get

if TYPE_CHECKING:
    from dlviz.encoders.loading import Encoder
    from dlviz.encoders.reading import Tokens
    from dlviz.ui.labs.bert.forward import Run

KINDS = {
    "previous": "the previous token",
    "next": "the next token",
    "same": "the token itself",
    "start": "[CLS]",
    "separator": "[SEP]",
    "broad": "many tokens",
}


def made(encoder: Encoder) -> str:
    """Whose weights these are."""
    if encoder.name == PACKAGED:
        return (
            f"{PACKAGED}, a BERT of 6 layers of 12 heads. Its makers trained it on a billion pairs of "
            "sentences, so that sentences of like meaning get like vectors."
        )
    kind = encoder.model.config.model_type
    ours = "" if encoder.editable else " Its attention is its own: its heads cannot be switched off here."
    return (
        f"{encoder.name}, of the kind {kind}: {encoder.layers} layers of {encoder.heads} heads, "
        f"with the weights of its makers.{ours}"
    )


def size(encoder: Encoder, tokens: Tokens) -> str:
    """How many tokens there are, of which shapes, and what was left out."""
    count = len(tokens)
    unknown = sum(at == encoder.tokenizer.unk_token_id for at in tokens.ids)
    parts = [
        f"{count} tokens, {len(tokens.text)} of them text. Their embeddings: "
        f"(1, {count}, {encoder.hidden}); attention in each of {encoder.layers} layers: "
        f"(1, {encoder.heads}, {count}, {count})."
    ]
    if unknown:
        parts.append(f"{unknown} {'is' if unknown == 1 else 'are'} [UNK]: not in its vocabulary.")
    return " ".join(parts)


def cut(tokens: Tokens) -> str:
    """What did not fit, if anything."""
    if not tokens.left_out:
        return ""
    return (
        f"Of your {len(tokens) + tokens.left_out:,} tokens the first {len(tokens)} are read: more do not fit."
    )


class Measured:
    """Every head's kind and spread, measured on this text.

    Args:
        kinds: (layer, head) names; share: how much of its attention lies there; bits: its entropy.
    """

    def __init__(self, current: Run) -> None:
        from dlviz.attention.patterns import entropy, kinds, looks

        tokens = current.tokens
        patterns = list(current.reading.attention)
        ends = tokens.separators, tokens.starts
        self.kinds = [kinds(pattern, *ends) for pattern in patterns]
        self.looks = [looks(pattern, *ends) for pattern in patterns]
        self.bits = np.stack([entropy(pattern) for pattern in patterns])
        self.most = np.log2(len(tokens))

    def captions(self) -> list[str]:
        """One for each head, layer by layer."""
        rows, columns = self.bits.shape
        return [self.of(layer, head) for layer in range(rows) for head in range(columns)]

    def of(self, layer: int, head: int) -> str:
        """What a head is found to do."""
        kind = self.kinds[layer][head]
        share = self.looks[layer][kind][head] if kind != "broad" else None
        where = f"looks at {KINDS[kind]}" + (f" with {100 * share:.0f} %" if share is not None else "")
        return f"{where}, entropy {self.bits[layer, head]:.2f} of at most {self.most:.2f} bits"

    def count(self) -> Counter[str]:
        """How many heads are of each kind."""
        return Counter(kind for row in self.kinds for kind in row)


def counted(measured: Measured) -> str:
    """How many heads look where."""
    counts = measured.count()
    parts = [f"{counts[kind]} at {KINDS[kind]}" for kind in KINDS if counts[kind]]
    return f"Measured on this text: of {counts.total()} heads {', '.join(parts)}."


def filtered(current: Run) -> str:
    """What a filter does to the rows, if one is on."""
    if len(current.shown) == len(current.tokens) and (get("pairs") == "all" or not current.is_pair):
        return ""
    return " What is hidden keeps its share: the rows shown sum to less than 1."


def title(current: Run) -> str:
    """What is shown large."""
    layer, head = current.chosen
    return {
        "head": f"Layer {layer + 1}, head {head + 1}",
        "average": f"Layer {layer + 1}, the average of its {current.encoder.heads} heads",
        "rollout": f"Rollout: what flows to each token through all {current.encoder.layers} layers",
    }[get("what")]


def edited(current: Run) -> str:
    """What is switched off, and what that does to the last layer."""
    if current.kept is None:
        return ""
    names = ", ".join(f"{layer + 1}.{head + 1}" for layer, head in current.off)
    return (
        f"Edited: switched off (layer.head) {names}. The tokens’ last vectors keep a cosine of "
        f"{current.kept:.3f} to the untouched ones."
    )


def alternative(current: Run, pattern: np.ndarray) -> str:
    """The large picture in words."""
    words = [current.tokens.words[at] for at in current.shown]
    query, key = np.unravel_index(int(pattern.argmax()), pattern.shape)
    return (
        f"{title(current)}, {len(words)} tokens. The largest weight is {pattern.max():.3f}, "
        f"from “{words[query]}” to “{words[key]}”."
    )
