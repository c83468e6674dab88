"""Questions of the Text classification lab, answered from the learner's own text, and the code behind it."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from dlviz.contributions import PLACES, integrated_gradients, leave_one_out
from dlviz.models import TextClassifier
from dlviz.scripts.labs import text_script
from dlviz.ui.inputs.sentence import shorten_word
from dlviz.ui.labs.text.forward import Contributions, ForwardPass, forward
from dlviz.ui.labs.text.state import State
from dlviz.ui.lesson import Question, ScriptFiles
from dlviz.ui.text_format.markdown import plain
from dlviz.ui.text_format.numbers import number, probability
from dlviz.ui.text_format.quotes import isolated, quoted

Passes = tuple[ForwardPass, Contributions]


def questions(passes: Passes, _: State) -> list[Question]:
    """Questions to predict; a text of one word has one of its own."""
    passed, contributions = passes
    if contributions.without is None:
        return [_negated(passed)]
    without, integrated = contributions.without, contributions.integrated.words
    return [_reversed(passed), *_same_word(passed, without, integrated), *_left_out(passed, without)]


def _negated(passed: ForwardPass) -> Question:
    (word,) = passed.sentence.words
    turned = forward(passed.network, passed.network.read(f"not {word}"))
    return Question(
        name="negated",
        text=f"Does it say the same of {plain(quoted(f'not {shorten_word(word)}'))}?",
        options=["The same", "Something else"],
        answer="The same" if turned.answer == passed.answer else "Something else",
        hint="Type it.",
        because=f"It says {_answer(turned)}.",
    )


def _reversed(passed: ForwardPass) -> Question:
    words, indices = passed.sentence.words[::-1], passed.sentence.indices[::-1]
    turned = forward(passed.network, replace(passed.sentence, words=words, indices=indices))
    shown = " ".join(map(shorten_word, words[:12])) + (" …" if len(words) > 12 else "")
    return Question(
        name="turned",
        text="Does it say the same if it reads your words in the opposite order?",
        options=["The same", "Something else"],
        answer="The same" if turned.answer == passed.answer else "Something else",
        hint="Type them the other way round. Does the order of words matter in what you wrote?",
        because=f"Of {plain(quoted(shown))} it says {_answer(turned)}.",
    )


def _answer(passed: ForwardPass) -> str:
    return f"{plain(isolated(passed.answer))} ({probability(float(passed.probabilities.max()))})"


def _same_word(passed: ForwardPass, without: np.ndarray, integrated: np.ndarray) -> list[Question]:
    """The question of the word that both methods find the most important; none where one of them has two."""
    sizes = [np.abs(values).round(PLACES) for values in (without, integrated)]
    if any((each == each.max()).sum() > 1 for each in sizes):
        return []
    one, other = (passed.sentence.words[int(each.argmax())] for each in sizes)
    same = sizes[0].argmax() == sizes[1].argmax()
    found = [plain(quoted(shorten_word(word))) for word in (one, other)]
    return [
        Question(
            name="methods",
            text="Is the word that matters most the same by both methods?",
            options=["The same word", "Two different words"],
            answer="The same word" if same else "Two different words",
            hint="In each row look for the strongest colour, blue or orange.",
            because=f"Leaving one out: {found[0]}. Integrated gradients: {found[1]}.",
        )
    ]


def _left_out(passed: ForwardPass, without: np.ndarray) -> list[Question]:
    """The question of the word that matters most; none where two words matter alike."""
    sizes = np.abs(without).round(PLACES)
    order = sizes.argsort(kind="stable")
    # The largest, the smallest and two between, as far as they differ.
    chosen = {sizes[at]: int(at) for at in (order[0], order[len(order) // 3], order[2 * len(order) // 3])}
    chosen[sizes[order[-1]]] = best = int(order[-1])
    if len(chosen) < 2 or sizes[order[-2]] == sizes[best]:
        return []
    names = {
        at: f"{plain(quoted(shorten_word(passed.sentence.words[at])))} (word {at + 1})"
        for at in sorted(chosen.values())
    }
    effect = number(float(without[best]), "+.3g")
    return [
        Question(
            name="without",
            text="Which of these words moves the answer most when it is left out?",
            options=list(names.values()),
            answer=names[best],
            hint="Look at the strongest colour in the first row.",
            because=f"{names[best]} counts {effect} for {plain(isolated(passed.pair_names[0]))}.",
        )
    ]


def shown_code(_: Passes, __: State) -> list[Callable | type]:
    """The network, and the functions that measured what each word does."""
    return [TextClassifier, leave_one_out, integrated_gradients]


def script(passes: Passes, _: State) -> str:
    """A plain PyTorch script that computes the numbers on screen again."""
    passed, _contributions = passes
    network, sentence = passed.network, passed.sentence
    return text_script(sentence.words, sentence.indices, network.names, passed.pair, network.usage)


def script_name(_: Passes, __: State) -> str:
    """The name of the script's file."""
    return "dlviz_text.py"


def script_files(passes: Passes, _: State) -> ScriptFiles:
    """Weights that the script needs beside it."""
    return passes[0].network.script_files
