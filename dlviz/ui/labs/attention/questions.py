"""Questions of the Self-attention lab, answered from the learner's own pass, and the code behind it."""

from collections.abc import Callable

import numpy as np

from dlviz.attention.interventions import causal, drop_heads, hide, set_weight, unscaled
from dlviz.attention.patterns import entropy, rollout
from dlviz.models import DigitTransformer, SelfAttention
from dlviz.questions import Choice
from dlviz.scripts.attention import Attention, attention_script
from dlviz.ui.labs.attention.captions import bits_of_scales
from dlviz.ui.labs.attention.forward import ForwardPass
from dlviz.ui.labs.attention.state import State
from dlviz.ui.lesson import ScriptFiles
from dlviz.ui.text_format.numbers import counted


def questions(passed: ForwardPass, _: State) -> list[Choice]:
    """Questions to predict; the one that compares heads only where there are several."""
    several = passed.network.attention.heads > 1
    return [_symmetric(passed), _total(passed), *([_spread(passed)] if several else [])]


def main_question(passed: ForwardPass, state: State) -> Choice | None:
    """Ask what becomes of a head's rows without the division; None once it is switched off."""
    if not state.scaled:
        return None
    bits = bits_of_scales(passed)
    root, options = f"√{passed.steps.head_dim}", ["More even", "The same", "Sharper"]
    change = bits[False] - bits[True]
    answer = options[1] if abs(change) < 5e-3 else options[0] if change > 0 else options[2]
    return Choice(
        name="saturates",
        text=(
            f"The scores are about to be left undivided, without ÷ {root}. What becomes of the rows of "
            f"head {passed.head + 1}?"
        ),
        options=options,
        answer=answer,
        hints=[
            "All scores grow by one factor, and so do their differences.",
            "Softmax raises e to each score: a difference of 1 is a factor of 2.7, one of 3 a factor of 20.",
        ],
        why="Why? And what does that do to the gradient?",
        because=(
            f"Their entropy is {bits[True]:.3g} bits with the division, {bits[False]:.3g} without. Where one "
            "weight is nearly 1 and the others nearly 0, hardly any gradient comes back."
        ),
        shows={"scaled": False},
    )


def _symmetric(passed: ForwardPass) -> Choice:
    scores = passed.steps.products[passed.head]
    options = ["Yes, for all pairs", "Not for all"]
    return Choice(
        name="symmetric",
        text="Take any two tokens. Does the first give the second the same score as it gets from it?",
        options=options,
        answer=options[0 if np.allclose(scores, scores.T, atol=1e-4) else 1],
        hints=[
            "One token’s query meets the other’s key. Are queries and keys made by the same weights?",
            "In the scores, compare two cells that mirror each other across the diagonal.",
        ],
        because=f"A pair’s two scores differ by up to {np.abs(scores - scores.T).max():.3g} in this head.",
    )


def _total(passed: ForwardPass) -> Choice:
    """A row sums to 1: so many rows, so much attention in a whole pattern."""
    total, count = float(passed.steps.pattern[passed.head].sum()), len(passed.sequence)
    options = ["1", str(count), str(count * count)]
    return Choice(
        name="total",
        text=f"A pattern has {counted(count, 'row')}, one for each token. What do all its weights sum to?",
        options=list(dict.fromkeys(options)),
        answer=str(round(total)),
        hints=[
            "Each row sums to 1. How many rows are there?",
            "Each token asks once, as a query, so each has a row of its own. Count the tokens.",
        ],
        because=f"{counted(count, 'row')}, each with the sum 1: {total:.3g}.",
    )


def _spread(passed: ForwardPass) -> Choice:
    bits = entropy(passed.steps.pattern)
    options = [f"Head {at + 1}" for at in range(len(bits))]
    sharpest = int(bits.argmin())
    return Choice(
        name="spread",
        text="Which head looks at the fewest tokens at a time?",
        options=options,
        answer=options[sharpest],
        hints=[
            "Look for the small pattern with one dark cell in each row, or for the fewest bits.",
            "Fewer bits mean that fewer tokens share a head’s attention. Compare the heads’ bits.",
        ],
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
