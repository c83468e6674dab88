"""What the lab says in words of what is on screen: who made it, what it shows, what has changed."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from dlviz.ui.labs.attention.inputs import reads_table
from dlviz.ui.labs.attention.state import get
from dlviz.ui.runs import digit_transformer
from dlviz.ui.text_format.numbers import percent

if TYPE_CHECKING:
    from dlviz.ui.labs.attention.forward import Run

KINDS = {
    "previous": "token before",
    "next": "token after",
    "same": "itself",
    "separator": "[CLS] or [SEP]",
    "broad": "broad",
}
SPECIAL = ("[CLS]", "[SEP]")
SCALES = {"pattern": "sequential"}


def made(run: Run) -> str:
    """Which weights made the picture, trained on what, how well; and what it was not trained with."""
    if run.source.digit is None and get("weights") == "random":
        vectors = "BERT’s word embeddings" if reads_table() else "random too, one for each word"
        drawn = f"Random weights, seed {get('seed')}: {_class(run)}, never trained"
        return f"{drawn}. X: {vectors}; without positions."
    return f"{_of_digit(run) if run.source.digit is not None else _of_bert(run)}{_unusual(run)}"


def _class(run: Run) -> str:
    return f"SelfAttention({run.steps.x.shape[1]}, {run.attention.heads})"


def _of_digit(run: Run) -> str:
    assert run.network
    blocks = digit_transformer.count_blocks(run.network.model)
    return f"{run.network.provenance} Shown is block {get('block')} of {blocks}, {_class(run)}."


def _of_bert(run: Run) -> str:
    before = "its embeddings" if get("layer") == 1 else f"what its layer {get('layer') - 1} gives"
    return (
        f"Trained: layer {get('layer')} of 6 of the BERT all-MiniLM-L6-v2, loaded into {_class(run)}. "
        f"X is what enters that layer in BERT: {before}."
    )


def _unusual(run: Run) -> str:
    causal = " A causal mask is on, though it was trained without." if run.changes.causal else ""
    plain = "" if run.changes.scaled else " Scores are not divided, as they were in training."
    return causal + plain


def heading(run: Run) -> str:
    """Over the small patterns."""
    count = run.attention.heads
    return "The one head’s pattern" if count == 1 else f"All {count} heads. Choose one:"


def captions(run: Run) -> list[tuple[str, str, str]]:
    """For each head: its name, what it looks at by measurement, how spread it is."""
    from dlviz.attention.patterns import entropy, kinds

    special = [at for at, token in enumerate(run.source.tokens) if token in SPECIAL]
    found = kinds(run.steps.pattern, special)
    bits = entropy(run.steps.pattern)
    return [
        (f"head {at + 1}", KINDS[kind], "off" if at in run.changes.off else f"{bits[at]:.2f} bits")
        for at, kind in enumerate(found)
    ]


@lru_cache(maxsize=32)
def _why(name: str) -> str:
    return {
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
    }[name]


def stage(run: Run, name: str) -> dict[str, str]:
    """What the browser is told of a matrix."""
    from dlviz.attention.patterns import entropy

    head, root = f"head {run.head + 1}", f"√{run.steps.head_dim}"
    symbol, title = {
        "x": ("X", "tokens"),
        "q": ("Q", "queries"),
        "k": ("K", "keys"),
        "v": ("V", "values"),
        "products": ("Q Kᵀ", "scores"),
        "scaled": (f"÷ {root}", "scaled") if run.changes.scaled else (f"no ÷ {root}", "left as they are"),
        "masked": ("mask", "causal" if run.changes.causal else "hidden tokens"),
        "pattern": ("softmax", "pattern"),
        "heads": ("× V", head),
        "joined": ("joined", "all heads"),
        "out": ("fc_out", "output"),
    }[name]
    note = f"{entropy(run.steps.pattern)[run.head]:.2f} bits" if name == "pattern" else ""
    scale = SCALES.get(name, "diverging")
    return {"name": name, "symbol": symbol, "title": title, "note": note, "scale": scale, "why": _why(name)}


def _bits(run: Run) -> dict[bool, float]:
    """The entropy of the chosen head's rows, divided by √head_dim and not."""
    from dlviz.attention.patterns import entropy

    return {scaled: float(entropy(pattern)[run.head]) for scaled, pattern in run.scales.items()}


def saturation(run: Run) -> str:
    """What dividing by √head_dim does to the chosen head, in bits, with and without."""
    bits = _bits(run)
    most = float(np.log2(run.changes.visible(len(run.source)).sum(axis=1)).mean())
    told = (
        f"In head {run.head + 1} a row’s entropy is {bits[True]:.3g} bits on average, without the division "
        f"{bits[False]:.3g}."
    )
    if run.steps.head_dim == 1:
        told += " A head of one number is divided by 1, which changes nothing."
    elif bits[True] < 5e-3:
        told += " Each row has all its weight on one token either way."
    elif bits[False] < bits[True] / 2:
        told += " The scores are larger then, and the softmax saturates: nearly all weight lies on one token."
    elif bits[False] < bits[True] - 5e-3:
        told += " The scores are larger then, and the softmax is sharper."
    else:
        told += " The scores differ so little that it hardly matters."
    return f"{told} (0 bits: each looks at one token; {most:.3g}: at all alike.)"


def scales(run: Run) -> list[tuple[bool, str, str]]:
    """With and without the division: whether it is, a title, and the entropy."""
    root, bits = f"√{run.steps.head_dim}", _bits(run)
    return [
        (True, f"softmax(Q Kᵀ ÷ {root})", f"{bits[True]:.3g} bits"),
        (False, "softmax(Q Kᵀ)", f"{bits[False]:.3g} bits"),
    ]


def title(run: Run) -> str:
    """Over the large pattern."""
    where = f"block {get('block')}" if run.source.digit is not None else ""
    if run.source.digit is None and get("weights") == "bert":
        where = f"layer {get('layer')}"
    return f"Who looks at whom: head {run.head + 1}{', ' if where else ''}{where}"


def alternative(run: Run) -> str:
    """The large pattern in words."""
    pattern, count = run.steps.pattern[run.head], len(run.source)
    query, key = (int(at) for at in np.unravel_index(pattern.argmax(), pattern.shape))
    return (
        f"Attention of head {run.head + 1}, {count} by {count}; the largest weight is "
        f"{pattern[query, key]:.3g}: {run.source.called(query)} looks at {run.source.called(key)}."
    )


def panels(run: Run) -> list[tuple[str, str, np.ndarray]]:
    """What is laid over a digit for the pinned or the class token: title, note, (token,) weights."""
    from dlviz.attention.patterns import rollout

    token = max(run.pinned, 0)
    where = "the class token" if token else "itself"
    block = f"block {get('block')}"
    rows = [
        (f"Head {run.head + 1}, {block}", run.steps.pattern[run.head, token]),
        (f"Mean of the heads, {block}", run.steps.pattern[:, token].mean(axis=0)),
        (f"Rollout through all {len(run.patterns)} blocks", rollout(run.patterns)[token]),
    ]
    shown = [(title, f"{row[0]:.2g} on {where}", row) for title, row in rows]
    if run.changes.intervened:
        shown.append(("How far outputs move", f"at most {run.moves.max():.2g} of their length", run.moves))
    return shown


def says(run: Run, logits: np.ndarray) -> str:
    """What the network reads in a digit, such as “7 (98.1 %)”."""
    assert run.network
    raised = np.exp(logits - logits.max())
    best = int(logits.argmax())
    return f"{run.network.classes[best]} ({percent(float(raised[best] / raised.sum()))})"


def done(run: Run) -> str:
    """What the learner has done, as it stands before a sentence on what came of it."""
    changes, parts = run.changes, []
    if changes.off:
        every = len(changes.off) == run.attention.heads
        numbers = ", ".join(str(head + 1) for head in changes.off)
        word = "head" if len(changes.off) == 1 else "heads"
        parts.append("all heads off" if every else f"{word} {numbers} off")
    if changes.hidden:
        parts.append(f"{', '.join(run.source.called(at) for at in changes.hidden)} masked")
    if changes.weight:
        head, query, key, _ = changes.weight
        parts.append(
            f"the weight of {run.source.called(query)} on {run.source.called(key)} in head {head + 1} "
            f"set to {run.steps.pattern[head, query, key]:.3g} (it was "
            f"{run.untouched.pattern[head, query, key]:.3g}) and the rest of its row scaled, so that it sums "
            "to 1"
        )
    return " and ".join(parts)


def changed(run: Run) -> str:
    """What the intervention has changed, computed from both passes."""
    moves = run.moves
    most, text = int(moves.argmax()), done(run)
    sentence = (
        f"With {text}, outputs move by {moves.mean():.3g} of their length on average, "
        f"that of {run.source.called(most)} most: by {moves[most]:.3g}."
    )
    if run.logits is None or run.logits_before is None:
        return sentence
    now, then = says(run, run.logits), says(run, run.logits_before)
    return f"{sentence} The network says {now}; untouched it says {then}."
