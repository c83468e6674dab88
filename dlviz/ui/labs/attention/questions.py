"""Questions of the Self-attention lab, answered from the learner's own pass, and the code behind it."""

from collections.abc import Callable

import numpy as np

from dlviz.attention.interventions import causal, drop_heads, hide, set_weight, unscaled
from dlviz.attention.patterns import entropy, rollout
from dlviz.models import DigitTransformer, SelfAttention
from dlviz.scripts.attention import Attention, attention_script
from dlviz.ui.labs.attention.captions import bits_of_scales
from dlviz.ui.labs.attention.forward import ForwardPass
from dlviz.ui.labs.attention.state import State
from dlviz.ui.lesson import Question, ScriptFiles
from dlviz.ui.text_format.numbers import counted


def questions(passed: ForwardPass, _: State) -> list[Question]:
    """Questions to predict; the one that compares heads only where there are several."""
    several = passed.network.attention.heads > 1
    return [_saturates(passed), _symmetric(passed), _total(passed), *([_spread(passed)] if several else [])]


def _saturates(passed: ForwardPass) -> Question:
    bits = bits_of_scales(passed)
    root, options = f"√{passed.steps.head_dim}", ["More even", "The same", "Sharper"]
    change = bits[False] - bits[True]
    answer = options[1] if abs(change) < 5e-3 else options[0] if change > 0 else options[2]
    return Question(
        name="saturates",
        text=f"Without ÷ {root}: do head {passed.head + 1}’s rows become sharper or more even?",
        options=options,
        answer=answer,
        hint="All scores grow by one factor, and so do their differences. What does softmax make of that?",
        because=f"Their entropy is {bits[True]:.3g} bits with it, {bits[False]:.3g} without.",
    )


def _symmetric(passed: ForwardPass) -> Question:
    scores = passed.steps.products[passed.head]
    options = ["Yes, for all pairs", "Not for all"]
    return Question(
        name="symmetric",
        text="Is the score of one token on another the same as the other way round?",
        options=options,
        answer=options[0 if np.allclose(scores, scores.T, atol=1e-4) else 1],
        hint="One token’s query meets the other’s key. Are queries and keys made by the same weights?",
        because=f"A pair’s two scores differ by up to {np.abs(scores - scores.T).max():.3g} in this head.",
    )


def _total(passed: ForwardPass) -> Question:
    """A row sums to 1: so many rows, so much attention in a whole pattern."""
    total, count = float(passed.steps.pattern[passed.head].sum()), len(passed.sequence)
    options = ["1", str(count), str(count * count)]
    return Question(
        name="total",
        text="What do all weights of one pattern sum to?",
        options=list(dict.fromkeys(options)),
        answer=str(round(total)),
        hint="Each row sums to 1. How many rows are there?",
        because=f"{counted(count, 'row')}, each with the sum 1: {total:.3g}.",
    )


def _spread(passed: ForwardPass) -> Question:
    bits = entropy(passed.steps.pattern)
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


def shown_code(passed: ForwardPass, _: State) -> list[Callable | type]:
    """The functions and classes that made the numbers on screen."""
    code: list[Callable | type] = [SelfAttention, unscaled, causal, hide, set_weight, drop_heads, entropy]
    if passed.sequence.digit is not None:
        return [*code, DigitTransformer, rollout]
    if passed.network.trained:
        from dlviz.encoders.self_attention import self_attention

        return [*code, self_attention]
    return code


def script(passed: ForwardPass, state: State) -> str:
    """A script of plain PyTorch that computes the pattern and the outputs on screen again."""
    network, changes = passed.network, passed.changes
    shown = Attention(
        network.attention.heads,
        passed.head,
        network.layer_names or state.seed,
        network.weights_file,
        changes.causal,
        changes.scaled,
        changes.hidden,
        changes.off,
        changes.weight,
    )
    return attention_script(passed.steps.x, shown)


def script_name(_: ForwardPass, __: State) -> str:
    """The name of the script's file."""
    return "dlviz_attention.py"


def script_files(passed: ForwardPass, _: State) -> ScriptFiles:
    """Weights that the script needs beside it."""
    return passed.network.script_files
