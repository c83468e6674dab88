"""Sentences of the Self-attention lab, made from a forward pass."""

import numpy as np
import torch

from dlviz.attention.patterns import entropy, kinds
from dlviz.ui.labs.attention.forward import ForwardPass
from dlviz.ui.labs.attention.sequences import END, START
from dlviz.ui.labs.attention.state import State
from dlviz.ui.text_format.numbers import number, probability
from dlviz.ui.text_format.quotes import isolated

KINDS = {
    "previous": "token before",
    "next": "token after",
    "same": "itself",
    "start": START,
    "separator": END,
    "broad": "no fixed place",
}
STEPS = {
    "x": "What comes in: a row for each token.",
    "q": "The query: what a token looks for. Its row of X times the weights of this head’s queries.",
    "k": "The key: what a token offers to be found by. Its row of X times the weights of the keys.",
    "v": "The value: what a token hands over. Its row of X times the weights of the values.",
    "products": "A query times a key: the better they fit, the larger their dot product.",
    "scaled": "Dot products of longer vectors are larger; this takes the length out again.",
    "masked": "What may not be seen gets −∞.",
    "pattern": "The softmax makes each row positive, with the sum 1: how much each token is looked at.",
    "heads": "Each token takes a mixture of all values, by its row of the pattern.",
    "joined": "The results of all heads side by side. This head’s numbers are among them.",
    "out": "A last linear layer, fc_out, mixes what the heads have found.",
    "added": "A transformer block adds this to what came in, so no token forgets what it was.",
}


def provenance(passed: ForwardPass, _: State) -> str:
    """The weights behind the picture: trained on what, how well, and what they were not trained with."""
    network, changes = passed.network, passed.changes
    causal = " A causal mask is on, though it was trained without." if changes.causal else ""
    unscaled = "" if changes.scaled else " Its scores are not divided here; in training they were."
    return f"{network.provenance}{causal}{unscaled}" if network.trained else network.provenance


def answer(passed: ForwardPass, logits: np.ndarray) -> str:
    """The network's reading of a digit, such as “7 (98.1 %)”.

    Args:
        logits: (classes,), with or without the intervention.
    """
    probabilities = torch.from_numpy(logits).softmax(0)
    best = int(probabilities.argmax())
    return f"{isolated(passed.network.classes[best])} ({probability(float(probabilities[best]))})"


def heads_heading(passed: ForwardPass, _: State) -> str:
    """A heading over the small patterns."""
    count = passed.network.attention.heads
    return "The one head’s pattern" if count == 1 else f"All {count} heads. Choose one:"


def heads_captions(passed: ForwardPass, _: State) -> list[tuple[str, str, str]]:
    """For each head: its name, what it looks at by measurement, how spread it is."""
    tokens = passed.sequence.tokens
    starts, ends = ([at for at, token in enumerate(tokens) if token == special] for special in (START, END))
    bits = entropy(passed.steps.pattern)
    return [
        (f"head {at + 1}", KINDS[kind], "off" if at in passed.changes.off else f"{bits[at]:.2f} bits")
        for at, kind in enumerate(kinds(passed.steps.pattern, ends, starts))
    ]


def step(passed: ForwardPass, name: str) -> dict[str, str]:
    """A matrix of the steps in words: symbol, title, note, and why it is computed."""
    head, root = f"head {passed.head + 1}", f"√{passed.steps.head_dim}"
    symbol, title = {
        "x": ("X", "tokens"),
        "q": ("Q", "queries"),
        "k": ("K", "keys"),
        "v": ("V", "values"),
        "products": ("Q Kᵀ", "scores"),
        "scaled": (f"÷ {root}", "scaled") if passed.changes.scaled else (f"no ÷ {root}", "left as they are"),
        "masked": ("mask", "causal" if passed.changes.causal else "hidden tokens"),
        "pattern": ("softmax", "pattern"),
        "heads": ("× V", head),
        "joined": ("joined", "all heads"),
        "out": ("fc_out", "output"),
        "added": ("+ X", "in a block"),
    }[name]
    note = f"{entropy(passed.steps.pattern)[passed.head]:.2f} bits" if name == "pattern" else ""
    return {"symbol": symbol, "title": title, "note": note, "why": STEPS[name]}


def pattern_title(passed: ForwardPass, state: State) -> str:
    """A heading over the large pattern."""
    head = f"Who looks at whom: head {passed.head + 1}"
    if passed.sequence.digit is not None:
        return f"{head}, block {state.block}"
    return f"{head}, layer {state.layer}" if passed.network.trained else head


def pattern_alternative(passed: ForwardPass, _: State) -> str:
    """The large pattern in words."""
    pattern, sequence = passed.steps.pattern[passed.head], passed.sequence
    query, key = (int(at) for at in np.unravel_index(pattern.argmax(), pattern.shape))
    return (
        f"Attention of head {passed.head + 1}, {len(sequence)} by {len(sequence)}; the largest weight is "
        f"{pattern[query, key]:.3g}: {sequence.name(query)} looks at {sequence.name(key)}."
    )


def bits_of_scales(passed: ForwardPass) -> dict[bool, float]:
    """The entropy in bits of the chosen head's rows, divided by √head_dim (True) and not."""
    return {scaled: float(entropy(pattern)[passed.head]) for scaled, pattern in passed.scales.items()}


def saturation(passed: ForwardPass, _: State) -> str:
    """The effect of dividing by √head_dim on the chosen head, in bits, with and without."""
    bits = bits_of_scales(passed)
    most = float(np.log2(passed.changes.visible(len(passed.sequence)).sum(axis=1)).mean())
    if most == 0:
        return "There is one token to look at: it gets all the weight either way."
    if passed.steps.head_dim == 1:
        effect = "A head of one number is divided by 1, which changes nothing."
    elif bits[True] < 5e-3:
        effect = "Each row has all its weight on one token either way."
    elif bits[False] < bits[True] / 2:
        effect = "The scores are larger then, and the softmax saturates: nearly all weight lies on one token."
    elif bits[False] < bits[True] - 5e-3:
        effect = "The scores are larger then, and the softmax is sharper."
    else:
        effect = "The scores differ so little that it hardly matters."
    return (
        f"In head {passed.head + 1} a row’s entropy is {number(bits[True], '.3f')} bits on average, "
        f"without the division {number(bits[False], '.3f')}. {effect} "
        f"(0 bits: each looks at one token; {number(most, '.3f')}: evenly at all.)"
    )


def interventions(passed: ForwardPass) -> str:
    """The learner's interventions, as they stand before a sentence on what came of them."""
    changes, sequence, parts = passed.changes, passed.sequence, []
    if changes.off:
        numbers = ", ".join(str(head + 1) for head in changes.off)
        word = "head" if len(changes.off) == 1 else "heads"
        every = len(changes.off) == passed.network.attention.heads
        parts.append("all heads off" if every else f"{word} {numbers} off")
    if changes.hidden:
        parts.append(f"{', '.join(map(sequence.name, changes.hidden))} masked")
    if changes.weight:
        head, query, key, _ = changes.weight
        parts.append(
            f"the weight of {sequence.name(query)} on {sequence.name(key)} in head {head + 1} "
            f"set to {passed.steps.pattern[head, query, key]:.3g} (it was "
            f"{passed.untouched.pattern[head, query, key]:.3g}) and the rest of its row scaled, "
            "so that it sums to 1"
        )
    return " and ".join(parts)


def intervention_effect(passed: ForwardPass, _: State) -> str:
    """The difference that the interventions make, computed from both passes."""
    moves = passed.moves
    most = int(moves.argmax())
    sentence = (
        f"With {interventions(passed)}, outputs move by {moves.mean():.3g} of their length on average, "
        f"that of {passed.sequence.name(most)} most: by {moves[most]:.3g}."
    )
    if passed.logits is None or passed.logits_before is None:
        return sentence
    now, before = (answer(passed, logits) for logits in (passed.logits, passed.logits_before))
    return f"{sentence} The network says {now}; untouched it says {before}."
