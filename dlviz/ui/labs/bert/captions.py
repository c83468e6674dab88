"""Sentences of the BERT lab, made from a forward pass."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dlviz.ui.labs.bert.forward import ForwardPass, MeasuredHeads, compared, is_filtered, sink_of
from dlviz.ui.labs.bert.state import PACKAGED, State
from dlviz.ui.text_format.numbers import counted, number, percent, probability
from dlviz.ui.text_format.quotes import quoted

if TYPE_CHECKING:
    from dlviz.encoders.loading import Encoder
    from dlviz.encoders.reading import Tokens

STILL = 5e-4  # a smaller share of attention that has moved is rounding


def kinds(tokens: Tokens) -> dict[str, str]:
    """Kinds of places that a head looks at, in words, and with the encoder's own names of its tokens."""
    return {
        "previous": "the previous token",
        "next": "the next token",
        "same": "the token itself",
        "start": tokens.start_name,
        "separator": tokens.end_name,
        "broad": "no fixed place",
    }


def provenance(encoder: Encoder, tuned: bool = False) -> str:
    """Makers of the encoder's weights, and its layers and heads.

    Args:
        tuned: true if a fine-tuning was put on it.
    """
    if encoder.name == PACKAGED:
        return (
            f"{PACKAGED}, a BERT of 6 layers of 12 heads. Its makers trained it on a billion pairs of "
            "sentences, so that sentences of similar meaning get similar vectors."
        )
    kind = encoder.model.config.model_type
    fixed = (
        ""
        if encoder.editable
        else " It computes attention in its own way: its heads cannot be switched off here."
    )
    whose = "of its folder" if encoder.folder else "of its makers"
    whose = "of a fine-tuning on those of its makers" if tuned else whose
    return (
        f"{encoder.name}, of the kind {kind}: {counted(encoder.layers, 'layer')} of "
        f"{counted(encoder.heads, 'head')}, with the weights {whose}.{fixed}"
    )


def shapes(encoder: Encoder, tokens: Tokens) -> str:
    """Number of tokens, the shapes of embeddings and attention, and how many tokens are unknown."""
    count = len(tokens)
    unknown = sum(at == encoder.tokenizer.unk_token_id for at in tokens.ids)
    parts = [
        f"{count} tokens, {len(tokens.text)} of them text. Their embeddings: "
        f"(1, {count}, {encoder.hidden}); attention in each of "
        f"{counted(encoder.layers, 'layer')}: "
        f"(1, {encoder.heads}, {count}, {count})."
    ]
    if unknown:
        name = encoder.tokenizer.unk_token
        parts.append(f"{unknown} {'is' if unknown == 1 else 'are'} {name}: not in its vocabulary.")
    return " ".join(parts)


def unknown_tokens(encoder: Encoder, tokens: Tokens) -> str:
    """Say how many tokens of a text the encoder does not know, and what follows; "" if it knows all."""
    unknown = sum(at == encoder.tokenizer.unk_token_id for at in tokens.ids)
    if not unknown:
        return ""
    return (
        f"{unknown} of {counted(len(tokens.text), 'token')} {'is' if unknown == 1 else 'are'} "
        f"{encoder.tokenizer.unk_token}: signs that are not in its vocabulary, such as many emoji, all look "
        "the same to it. What it says of them is a guess."
    )


def left_out(tokens: Tokens) -> str:
    """Number of tokens that did not fit; "" if all did."""
    if not tokens.left_out:
        return ""
    return f"The first {len(tokens)} of your {len(tokens) + tokens.left_out:,} tokens are read: no more fit."


def head(measured: MeasuredHeads, tokens: Tokens, layer: int, head: int) -> str:
    """Kind of place that a head looks at, and its entropy."""
    kind = measured.kinds[layer][head]
    share = "" if kind == "broad" else f" with {percent(measured.shares[layer][kind][head])}"
    bits = f"entropy {measured.bits[layer, head]:.2f} of at most {measured.most:.2f} bits"
    return f"looks at {kinds(tokens)[kind]}{share}, {bits}"


def counted_kinds(measured: MeasuredHeads, tokens: Tokens) -> str:
    """Number of heads that look at each kind of place."""
    counts = measured.count()
    parts = [f"{counts[kind]} at {name}" for kind, name in kinds(tokens).items() if counts[kind]]
    return f"Measured on this text: of {counts.total()} heads {', '.join(parts)}."


def sink(passed: ForwardPass) -> str:
    """First token's share of all attention and of what the heads gather; "" where that is not known."""
    found = sink_of(passed)
    if found is None:
        return ""
    name = passed.tokens.start_name
    told = f"{name} gets {percent(found.attention)} of all attention. "
    if found.gathered >= found.attention / 2:
        return f"{told}Weighed by the lengths of the value vectors, {percent(found.gathered)} come from it."
    return (
        f"{told}But its value vector is short: {number(found.length, '.2g')} times as long as a word’s in "
        f"the median head. So only {percent(found.gathered)} of what the heads gather comes from it (weight "
        f"× length of the value vector): a head that looks at {name} takes in little: an attention sink."
    )


def hidden_share(passed: ForwardPass, state: State) -> str:
    """Effect of hidden tokens or pairs on the rows; "" where nothing is hidden."""
    if len(passed.shown) == len(passed.tokens) and not is_filtered(passed, state):
        return ""
    return "What is hidden keeps its share: the rows shown sum to less than 1."


def title(passed: ForwardPass, state: State) -> str:
    """Name of what is shown large."""
    layer, head = passed.selected
    name = {
        "head": f"Layer {layer + 1}, head {head + 1}",
        "average": f"Layer {layer + 1}, the average of its {counted(passed.encoder.heads, 'head')}",
        "rollout": f"Rollout: what flows to each token through all {passed.encoder.layers} layers",
    }[state.what]
    edited = {"after": "", "before": ", before", "difference": ", now minus before"}
    return name + edited[compared(passed, state)]


def switched_off(passed: ForwardPass) -> str:
    """The heads that are switched off, and what that changes in the last layer; "" if all are on."""
    if not passed.off:
        return ""
    names = ", ".join(f"{layer + 1}.{head + 1}" for layer, head in passed.off)
    return (
        f"Edited: switched off (layer.head) {names}. The tokens’ last vectors keep a cosine of "
        f"{number(passed.cosine, '.3f')} to the untouched ones."
    )


def moved_most(passed: ForwardPass, count: int = 3) -> str:
    """The heads whose attention has moved most since some were switched off; "" if all are on."""
    if not passed.off:
        return ""
    order = passed.moved.ravel().argsort()[::-1][:count]
    places = [np.unravel_index(at, passed.moved.shape) for at in order]
    moved = [(layer + 1, head + 1, float(passed.moved[layer, head])) for layer, head in places]
    if all(layer == passed.encoder.layers - 1 for layer, _ in passed.off):
        return "No other head changes: no layer comes after, to read what this one gathered."
    if moved[0][2] < STILL:
        return "In no other head do as much as 0.1 % of the attention move."
    told = ", ".join(f"{layer}.{head} ({percent(share)})" for layer, head, share in moved)
    return f"The heads that change most, by the share of their attention that moves to other tokens: {told}."


def answers(passed: ForwardPass) -> str:
    """The answer with every head on, and without those that are off; "" if there is none."""
    if passed.answers is None:
        return ""
    before, after = passed.answers
    if passed.is_pair:
        return f"The two texts’ likeness was {number(before, '.3f')} and is now {number(after, '.3f')}."
    was, now = (probability(float(1 / (1 + np.exp(-each)))) for each in (before, after))
    turned = "The answer flips" if (before > 0) != (after > 0) else "The answer does not flip"
    return f"The classifier’s probability of “positive” was {was} and is now {now}. {turned}."


def text_alternative(passed: ForwardPass, state: State, pattern: np.ndarray) -> str:
    """The large picture in words.

    Args:
        pattern: (query, key), what it shows.
    """
    words = [passed.tokens.words[at] for at in passed.shown]
    query, key = np.unravel_index(int(np.abs(pattern).argmax()), pattern.shape)
    what = "change" if compared(passed, state) == "difference" else "weight"
    return (
        f"{title(passed, state)}, {counted(len(words), 'token')}. The largest {what} is "
        f"{number(pattern[query, key], '.3f')}, from {quoted(words[query])} to {quoted(words[key])}."
    )
