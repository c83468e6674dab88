"""What a learner is asked in the lab of text classification, and the code behind its picture."""

from dataclasses import replace

import numpy as np

from dlviz.contributions import PLACES, integrated_gradients, leave_one_out
from dlviz.models import TextClassifier
from dlviz.scripts.labs import text_script
from dlviz.ui.labs.text.forward import Run, contributions, run
from dlviz.ui.lesson import Question
from dlviz.ui.text_format.markdown import plain

SOURCES = (TextClassifier, leave_one_out, integrated_gradients)


def ask(current: Run) -> list[Question]:
    """Questions, answered from the learner's own text."""
    if len(current.sentence) < 2:
        return [_direction(current)]
    return [_turned(current), _direction(current), *_without(current)]


def _turned(current: Run) -> Question:
    words, indices = current.sentence.words[::-1], current.sentence.indices[::-1]
    turned = run(current.network, replace(current.sentence, words=words, indices=indices))
    shown = " ".join(words[:12]) + (" …" if len(words) > 12 else "")
    return Question(
        name="turned",
        text="Does it say the same if it reads your words in the opposite order?",
        options=["The same", "Something else"],
        answer="The same" if turned.says == current.says else "Something else",
        hint="Type them the other way round. Does the order of words matter in what you wrote?",
        because=f"“{plain(shown)}” is {plain(turned.says)} ({100 * turned.probabilities.max():.1f} %).",
    )


def _direction(current: Run) -> Question:
    first, second = current.pair
    by_way = current.parts[first] - current.parts[second]
    names = ["the forward state", "the backward state"]
    best = names[int(np.abs(by_way[:2]).argmax())]
    return Question(
        name="direction",
        text=f"Which of the two last states moves the margin between {_ends(current)} more?",
        options=names,
        answer=best,
        hint="At the right of the picture: compare what each adds to the two logits.",
        because=f"The forward state adds {by_way[0]:.3g}, the backward state {by_way[1]:.3g}.",
    )


def _ends(current: Run) -> str:
    return plain(" and ".join(current.ends))


def _without(current: Run) -> list[Question]:
    """The question of the word that matters most; none where two words matter alike."""
    without, _ = contributions(current)
    assert without is not None
    sizes = np.abs(without).round(PLACES)
    order = sizes.argsort(kind="stable")
    # The largest, the smallest and two between, as far as they differ.
    chosen = {sizes[at]: int(at) for at in (order[0], order[len(order) // 3], order[2 * len(order) // 3])}
    chosen[sizes[order[-1]]] = best = int(order[-1])
    if len(chosen) < 2 or sizes[order[-2]] == sizes[best]:
        return []
    names = {at: f"“{plain(current.sentence.words[at])}” (word {at + 1})" for at in sorted(chosen.values())}
    effect = f"{without[best]:+.3g}".replace("-", "−")
    return [
        Question(
            name="without",
            text="Which of these words moves the answer most when it is left out?",
            options=list(names.values()),
            answer=names[best],
            hint="Look at the strongest colour in the first strip.",
            because=f"{names[best]} counts {effect} for {plain(current.ends[0])}.",
        )
    ]


def script(current: Run) -> str:
    """A plain PyTorch script with the numbers on screen."""
    network, read = current.network, current.sentence
    return text_script(read.words, read.indices, network.classes, current.pair, network.usage)
