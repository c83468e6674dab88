"""Questions of the Text classification lab, answered from the learner's own text, and the code behind it."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from dlviz.contributions import PLACES, integrated_gradients, leave_one_out
from dlviz.models import TextClassifier
from dlviz.questions import Choice
from dlviz.scripts.labs import text_script
from dlviz.ui.inputs.sentence import shorten_word
from dlviz.ui.labs.text.forward import Contributions, ForwardPass, forward
from dlviz.ui.labs.text.state import State
from dlviz.ui.lesson import ScriptFiles
from dlviz.ui.text_format.markdown import plain
from dlviz.ui.text_format.numbers import number, probability
from dlviz.ui.text_format.quotes import isolated, quoted

Passes = tuple[ForwardPass, Contributions]
STAYS = ["The same", "Something else"]


def questions(passes: Passes, _: State) -> list[Choice]:
    """Questions to predict; a text of one word has one of its own."""
    passed, contributions = passes
    if contributions.without is None:
        return []
    without, integrated = contributions.without, contributions.integrated.words
    return [*_same_word(passed, without, integrated), *_left_out(passed, without)]


def ask_main(passed: ForwardPass) -> Choice:
    """Ask what becomes of the answer when the words turn round; of one word, when “not” stands before it."""
    words = passed.sentence.words
    if len(words) == 1:
        text = f"{plain(quoted(shorten_word(words[0])))} is about to become {plain(quoted(_negated(words)))}."
        hints = ["Has the network only counted words, or does one change what the next means?"]
    else:
        text = "Your words are about to be read in the opposite order."
        hints = ["Does the order of words matter in what you wrote?"]
    return Choice(
        name="turned",
        text=f"{text} Does the network say the same of them?",
        options=STAYS,
        answer=None,
        because="",
        hints=[*hints, f"Now it says {_answer(passed)}. How sure is it?"],
    )


def main_question(passed: ForwardPass) -> Choice:
    """Ask the same, with the answer."""
    words = passed.sentence.words
    text = _negated(words) if len(words) == 1 else " ".join(words[::-1])
    turned = forward(passed.network, passed.network.read(text))
    return replace(
        ask_main(passed),
        answer=STAYS[int(turned.answer != passed.answer)],
        why="Why? Which word lost, or found, its neighbour?",
        because=(
            f"Before it said {_answer(passed)}, now {_answer(turned)}. Each word changes the state in which "
            "the next one is read."
        ),
        shows={"text": text, "word": -1},
    )


def _negated(words: tuple[str, ...]) -> str:
    return f"not {words[0]}"


def _answer(passed: ForwardPass) -> str:
    return f"{plain(isolated(passed.answer))} ({probability(float(passed.probabilities.max()))})"


def _same_word(passed: ForwardPass, without: np.ndarray, integrated: np.ndarray) -> list[Choice]:
    """The question of the word that both methods find the most important; none where one of them has two."""
    sizes = [np.abs(values).round(PLACES) for values in (without, integrated)]
    if any((each == each.max()).sum() > 1 for each in sizes):
        return []
    one, other = (passed.sentence.words[int(each.argmax())] for each in sizes)
    same = sizes[0].argmax() == sizes[1].argmax()
    found = [plain(quoted(shorten_word(word))) for word in (one, other)]
    return [
        Choice(
            name="methods",
            text="Is the word that matters most the same by both methods?",
            options=["The same word", "Two different words"],
            answer="The same word" if same else "Two different words",
            hints=[
                "In each row look for the strongest colour, blue or orange.",
                "Either colour counts. Which word has the strongest in the first row, which in the second?",
            ],
            because=f"Leaving one out: {found[0]}. Integrated gradients: {found[1]}.",
        )
    ]


def _left_out(passed: ForwardPass, without: np.ndarray) -> list[Choice]:
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
        Choice(
            name="without",
            text="Which of these words moves the answer most when it is left out?",
            options=list(names.values()),
            answer=names[best],
            hints=[
                "Look at the strongest colour in the first row.",
                "Either colour counts: without a word, the answer may rise or fall.",
            ],
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
