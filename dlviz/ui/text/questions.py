"""What a learner is asked in the lab of text classification, and the code behind its picture."""

import numpy as np

from dlviz.contributions import integrated_gradients, leave_one_out
from dlviz.models import TextClassifier
from dlviz.scripts import text_script
from dlviz.ui import sentence
from dlviz.ui.lesson import Question
from dlviz.ui.text.run import CLASSES, Run, run
from dlviz.ui.text.state import WORDS

SOURCES = (TextClassifier, leave_one_out, integrated_gradients)


def ask(current: Run) -> list[Question]:
    """Questions, answered from the learner's own text."""
    return [
        _turned(current),
        _direction(current),
        *([_without(current)] if len(current.sentence) > 1 else []),
    ]


def _turned(current: Run) -> Question:
    words = current.sentence.words[::-1]
    turned = run(sentence.read(" ".join(words), WORDS))
    return Question(
        name="turned",
        text="Does it say the same if it reads your words in the opposite order?",
        options=["The same", "Something else"],
        answer="The same" if turned.says == current.says else "Something else",
        hint="Type them the other way round. Does the order of words matter in what you wrote?",
        because=f"“{' '.join(words[:12])}” is {turned.says} ({100 * turned.probabilities.max():.1f} %).",
    )


def _direction(current: Run) -> Question:
    by_way = current.parts[1] - current.parts[0]
    names = ["the forward state", "the backward state"]
    best = names[int(np.abs(by_way[:2]).argmax())]
    return Question(
        name="direction",
        text="Which of the two last states moves the margin between praise and blame more?",
        options=names,
        answer=best,
        hint="At the right of the picture: compare what each adds to the two logits.",
        because=f"The forward state adds {by_way[0]:.3g}, the backward state {by_way[1]:.3g}.",
    )


def _without(current: Run) -> Question:
    from dlviz.ui.text.run import contributions

    without, _ = contributions(current.sentence)
    assert without is not None
    order = np.abs(without).argsort()
    chosen = sorted({int(order[at]) for at in (-1, 0, len(order) // 3, 2 * len(order) // 3)})
    names = {at: f"“{current.sentence.words[at]}” (word {at + 1})" for at in chosen}
    best = int(order[-1])
    return Question(
        name="without",
        text="Which of these words moves the answer most when it is left out?",
        options=list(names.values()),
        answer=names[best],
        hint="Look at the strongest colour in the first strip.",
        because=f"Without {names[best]} the margin for {CLASSES[1]} falls by {without[best]:.3g}.",
    )


def script(current: Run) -> str:
    """A plain PyTorch script with the numbers on screen."""
    return text_script(current.sentence.words, current.sentence.indices)
