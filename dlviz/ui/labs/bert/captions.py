"""Sentences of the BERT lab, made from a forward pass."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dlviz.ui.labs.bert.forward import ForwardPass, MeasuredHeads, is_filtered
from dlviz.ui.labs.bert.state import PACKAGED, State

if TYPE_CHECKING:
    from dlviz.encoders.loading import Encoder
    from dlviz.encoders.reading import Tokens

KINDS = {
    "previous": "the previous token",
    "next": "the next token",
    "same": "the token itself",
    "start": "[CLS]",
    "separator": "[SEP]",
    "broad": "many tokens",
}


def provenance(encoder: Encoder) -> str:
    """Whose weights these are."""
    if encoder.name == PACKAGED:
        return (
            f"{PACKAGED}, a BERT of 6 layers of 12 heads. Its makers trained it on a billion pairs of "
            "sentences, so that sentences of like meaning get like vectors."
        )
    kind = encoder.model.config.model_type
    fixed = "" if encoder.editable else " Its attention is its own: its heads cannot be switched off here."
    return (
        f"{encoder.name}, of the kind {kind}: {encoder.layers} layers of {encoder.heads} heads, "
        f"with the weights of its makers.{fixed}"
    )


def shapes(encoder: Encoder, tokens: Tokens) -> str:
    """Number of tokens, the shapes of embeddings and attention, and how many tokens are unknown."""
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


def left_out(tokens: Tokens) -> str:
    """Number of tokens that did not fit; "" if all did."""
    if not tokens.left_out:
        return ""
    return (
        f"Of your {len(tokens) + tokens.left_out:,} tokens the first {len(tokens)} are read: more do not fit."
    )


def head(measured: MeasuredHeads, layer: int, head: int) -> str:
    """Where a head looks, and how broadly."""
    kind = measured.kinds[layer][head]
    share = "" if kind == "broad" else f" with {100 * measured.shares[layer][kind][head]:.0f} %"
    bits = f"entropy {measured.bits[layer, head]:.2f} of at most {measured.most:.2f} bits"
    return f"looks at {KINDS[kind]}{share}, {bits}"


def counted_kinds(measured: MeasuredHeads) -> str:
    """How many heads look where."""
    counts = measured.count()
    parts = [f"{counts[kind]} at {KINDS[kind]}" for kind in KINDS if counts[kind]]
    return f"Measured on this text: of {counts.total()} heads {', '.join(parts)}."


def hidden_share(passed: ForwardPass, state: State) -> str:
    """What hiding tokens or pairs does to the rows; "" where nothing is hidden."""
    if len(passed.shown) == len(passed.tokens) and not is_filtered(passed, state):
        return ""
    return "What is hidden keeps its share: the rows shown sum to less than 1."


def title(passed: ForwardPass, state: State) -> str:
    """Name of what is shown large."""
    layer, head = passed.selected
    return {
        "head": f"Layer {layer + 1}, head {head + 1}",
        "average": f"Layer {layer + 1}, the average of its {passed.encoder.heads} heads",
        "rollout": f"Rollout: what flows to each token through all {passed.encoder.layers} layers",
    }[state.what]


def switched_off(passed: ForwardPass) -> str:
    """The heads that are switched off, and what that does to the last layer; "" if all are on."""
    if passed.cosine is None:
        return ""
    names = ", ".join(f"{layer + 1}.{head + 1}" for layer, head in passed.off)
    return (
        f"Edited: switched off (layer.head) {names}. The tokens’ last vectors keep a cosine of "
        f"{passed.cosine:.3f} to the untouched ones."
    )


def text_alternative(passed: ForwardPass, state: State, pattern: np.ndarray) -> str:
    """The large picture in words.

    Args:
        pattern: (query, key), what it shows.
    """
    words = [passed.tokens.words[at] for at in passed.shown]
    query, key = np.unravel_index(int(pattern.argmax()), pattern.shape)
    return (
        f"{title(passed, state)}, {len(words)} tokens. The largest weight is {pattern.max():.3f}, "
        f"from “{words[query]}” to “{words[key]}”."
    )
