"""What the lab says in words of what is on screen: who made it, what it shows, what comes out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dlviz.ui.labs.block.forward import Run
from dlviz.ui.labs.block.state import get
from dlviz.ui.next_character import name_character
from dlviz.ui.server import model_cache
from dlviz.ui.text_format.numbers import percent

if TYPE_CHECKING:
    from dlviz.attention.writing import Attended

ADDED = {
    "none": "No positions",
    "sinusoidal": "Sinusoidal positions",
    "text": "The positions that CharTransformer has learned",
    "digit": "The positions that DigitTransformer has learned",
}


def answer(run: Run) -> str:
    """What the network says; "" for blocks without a head."""
    probabilities = run.probabilities
    if probabilities is None:
        return ""
    best = int(probabilities.argmax())
    share = percent(float(probabilities[best]))
    if run.source.network:
        return f"DigitTransformer reads a {run.source.network.classes[best]}: {share}"
    from dlviz.data import novels

    return f"Next it expects {name_character(novels.ALPHABET[best])}: {share}"


TEXT = "CharTransformer, trained on two novels by Jane Austen, each character looking only back"


def made(run: Run) -> str:
    """Which weights, trained on what, how well; and what was changed."""
    if run.source.network:
        return f"{run.source.network.provenance}{_dropout(run)}"
    if run.source.file:
        return f"{TEXT}: {model_cache.result(run.source.file)}.{_dropout(run)}"
    return (
        f"Random vectors and random blocks, seed {get('seed')}: nobody has trained them, so what they do "
        f"means nothing yet. {ADDED[get('table')]} were added to the words.{_dropout(run)}"
    )


def _dropout(run: Run) -> str:
    """Of dropout at work: how much, and how much this network has been trained with."""
    if not run.share:
        return ""
    work = f" Dropout at work: {run.share:.0%} of the values silenced, seed {get('dropout_seed')}"
    if not run.source.file:
        return f"{work}."
    usual: float = run.source.model.get_submodule("blocks.0.dropout").p  # pyright: ignore[reportAssignmentType]
    return f"{work}; this network was trained {f'with {usual:.0%}' if usual else 'without any'}."


def legend(limit: float) -> str:
    """How colours are to be read."""
    return (
        "Rows are tokens, columns their values: blue positive, orange negative, full colour at "
        f"±{limit:.3g}. Bars: the size (norm) of the outlined token’s vector, red for what a part adds. "
        "Click any value."
    )


def alternatives(run: Run) -> dict[str, str]:
    """Station -> what its map shows."""
    stations, token = run.stations, run.source.tokens[run.token]
    told = {}
    for name, values in stations.items():
        row = values[run.token]
        unit = int(np.abs(row).argmax())
        told[name] = (
            f"{values.shape[0]} tokens of {values.shape[1]} values; “{token}” has size "
            f"{np.linalg.norm(row):.3g}, its strongest value is {row[unit]:.3g} in unit {unit}."
        )
    mean = run.patterns[run.block].mean(axis=0)[run.token]
    told["pattern"] = (
        f"Of all heads, “{token}” looks most at “{run.source.tokens[int(mean.argmax())]}”: {mean.max():.3g}."
    )
    return told


def pattern(run: Run) -> str:
    """The enlarged head, in words."""
    weights = run.patterns[run.block, run.head]
    query, key = np.unravel_index(int(weights.argmax()), weights.shape)
    tokens = run.source.tokens
    return (
        f"Attention of block {run.block + 1}, head {run.head + 1} over {len(tokens)} tokens; its largest "
        f"weight is {weights.max():.3g}, from “{tokens[query]}” to “{tokens[key]}”."
    )


def captions(run: Run) -> list[str]:
    """For each head, block by block: how spread it is."""
    from dlviz.attention.patterns import entropy

    spread = [entropy(block) for block in run.patterns]
    full = np.log2(len(run.source.tokens))
    return [f"spread over {bits:.2f} of {full:.2f} bits" for block in spread for bits in block]


def surprise(made: Attended) -> str:
    """How well the network foresaw the prompt and its own text."""
    read = len(made.prompt)
    own = f"Its own text costs CharTransformer {np.mean(made.bits[read:]):.2f} bits a character"
    prompt = f", your prompt {np.mean(made.bits[1:read]):.2f}" if read > 1 else ""
    return f"{own}{prompt}; a guess at random would cost {np.log2(made.raw.shape[1]):.2f}. {written_by()}"


def written_by() -> str:
    """Which weights, trained on what, how well."""
    return f"Trained on two novels by Jane Austen: {model_cache.result('char_transformer')}."


def beside() -> str:
    """Both character networks, their results and recipes, in their weights files' own words."""
    rows = [
        f"- **{name}**: {model_cache.result(file)}.  \n  Its training: {model_cache.facts(file)['recipe']}."
        for name, file in (("CharTransformer", "char_transformer"), ("CharacterLSTM", "novel_lstm"))
    ]
    return "\n".join(
        [*rows, "", "Both read the same text as many times, and were measured on the same held-out chapters."]
    )
