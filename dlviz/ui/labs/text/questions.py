"""Questions of the Text classification lab, answered from the learner's own text, and the code behind it."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from dlviz.contributions import PLACES, integrated_gradients, leave_one_out
from dlviz.models import TextClassifier
from dlviz.scripts.labs import text_script
from dlviz.ui.labs.text.forward import Contributions, ForwardPass, forward
from dlviz.ui.labs.text.state import State
from dlviz.ui.lesson import Question, ScriptFiles
from dlviz.ui.text_format.markdown import plain

Passes = tuple[ForwardPass, Contributions]


def questions(passes: Passes, _: State) -> list[Question]:
    """Questions to predict; a text of one word leaves all but one out."""
    passed, contributions = passes
    if contributions.without is None:
        return [_direction(passed)]
    return [_reversed(passed), _direction(passed), *_left_out(passed, contributions.without)]


def _reversed(passed: ForwardPass) -> Question:
    words, indices = passed.sentence.words[::-1], passed.sentence.indices[::-1]
    turned = forward(passed.network, replace(passed.sentence, words=words, indices=indices))
    shown = " ".join(words[:12]) + (" …" if len(words) > 12 else "")
    return Question(
        name="turned",
        text="Does it say the same if it reads your words in the opposite order?",
        options=["The same", "Something else"],
        answer="The same" if turned.answer == passed.answer else "Something else",
        hint="Type them the other way round. Does the order of words matter in what you wrote?",
        because=f"“{plain(shown)}” is {plain(turned.answer)} ({100 * turned.probabilities.max():.1f} %).",
    )


def _direction(passed: ForwardPass) -> Question:
    first, second = passed.pair
    terms = passed.terms[first] - passed.terms[second]
    names = ["the forward state", "the backward state"]
    return Question(
        name="direction",
        text="Which of the two last states moves the margin between "
        f"{plain(' and '.join(passed.pair_names))} more?",
        options=names,
        answer=names[int(np.abs(terms[:2]).argmax())],
        hint="At the right of the picture: compare what each adds to the two logits.",
        because=f"The forward state adds {terms[0]:.3g}, the backward state {terms[1]:.3g}.",
    )


def _left_out(passed: ForwardPass, without: np.ndarray) -> list[Question]:
    """The question of the word that matters most; none where two words matter alike."""
    sizes = np.abs(without).round(PLACES)
    order = sizes.argsort(kind="stable")
    # The largest, the smallest and two between, as far as they differ.
    chosen = {sizes[at]: int(at) for at in (order[0], order[len(order) // 3], order[2 * len(order) // 3])}
    chosen[sizes[order[-1]]] = best = int(order[-1])
    if len(chosen) < 2 or sizes[order[-2]] == sizes[best]:
        return []
    names = {at: f"“{plain(passed.sentence.words[at])}” (word {at + 1})" for at in sorted(chosen.values())}
    effect = f"{without[best]:+.3g}".replace("-", "−")
    return [
        Question(
            name="without",
            text="Which of these words moves the answer most when it is left out?",
            options=list(names.values()),
            answer=names[best],
            hint="Look at the strongest colour in the first strip.",
            because=f"{names[best]} counts {effect} for {plain(passed.pair_names[0])}.",
        )
    ]


def shown_code(_: Passes, __: State) -> list[Callable | type]:
    """The network, and the functions that measured what each word does."""
    return [TextClassifier, leave_one_out, integrated_gradients]


def script(passes: Passes, _: State) -> str:
    """A plain PyTorch script that computes the numbers on screen again."""
    passed, _contributions = passes
    network, sentence = passed.network, passed.sentence
    return text_script(sentence.words, sentence.indices, network.classes, passed.pair, network.usage)


def script_name(_: Passes, __: State) -> str:
    """The name of the script's file."""
    return "dlviz_text.py"


def script_files(passes: Passes, _: State) -> ScriptFiles:
    """Weights that the script needs beside it."""
    return passes[0].network.script_files
