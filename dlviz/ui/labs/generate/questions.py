"""Questions of the Text generation lab, answered from the learner's own text, and the code behind it."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from dlviz.generation import distribution, generate, influence
from dlviz.interpretable_units import trackers
from dlviz.models import CharacterLSTM
from dlviz.questions import Choice
from dlviz.scripts.labs import generate_script
from dlviz.ui.inputs.sampling import read_sampling
from dlviz.ui.labs.generate.forward import ForwardPass
from dlviz.ui.labs.generate.state import State
from dlviz.ui.lesson import ScriptFiles
from dlviz.ui.next_character import ask_first_character
from dlviz.ui.text_format.markdown import plain

LENGTH, END = 300, 40  # characters that are written, and those that are looked for before
CIRCLES = ["The text runs in circles", "It goes on without repeating itself"]


def questions(passed: ForwardPass, _: State) -> list[Choice]:
    """Questions to predict."""
    return [ask_first_character(passed.generated.raw), _unsure(passed)]


def ask_main(_: ForwardPass, state: State) -> Choice | None:
    """Ask what becomes of the text at temperature 0; None once it is 0."""
    if state.temperature == "0":
        return None
    return Choice(
        name="repeats",
        text=(
            "The temperature is about to become 0: the most probable character is always taken. What becomes "
            f"of {LENGTH} characters?"
        ),
        options=CIRCLES,
        answer=None,
        because="",
        hints=[
            "Nothing is left to chance. What happens once the network comes back to a state that it was in?",
            "Which words follow most often after “and the”? And after those?",
        ],
    )


def main_question(passed: ForwardPass, state: State) -> Choice | None:
    """Ask the same, with the answer."""
    asked = ask_main(passed, state)
    if asked is None:
        return None
    text = generate(passed.network.model, passed.generated.prompt, LENGTH, 0.0, None, 0).text
    end = text[-END:]
    repeats = end in text[:-END]
    return replace(
        asked,
        answer=CIRCLES[int(not repeats)],
        why="Why? What does chance do for a text?",
        because=f"Its last {END} characters, “{plain(end.strip())}”, came {'before' if repeats else 'once'}.",
        shows={"temperature": "0", "length": LENGTH, "put": (), "at": -1},
    )


def _unsure(passed: ForwardPass) -> Choice:
    generated = passed.generated
    context = generated.prompt[-1] + generated.text
    bits = generated.bits[len(generated.prompt) :]
    starts = np.array([not before.isalpha() for before in context[: len(bits)]])
    sides = [float(bits[chosen].mean()) if chosen.any() else 0.0 for chosen in (starts, ~starts)]
    names = ["after a space, a mark or a new line", "after a letter"]
    return Choice(
        name="unsure",
        text="Where was the network more surprised by what was drawn, on average over your text?",
        options=names,
        answer=names[int(sides[1] > sides[0])],
        hints=[
            "Step through a long word: how do the bars change from letter to letter?",
            (
                "The more probable the character that was drawn, the smaller the surprise. Where is "
                "the network sure?"
            ),
        ],
        because=f"{sides[0]:.2f} bits a character {names[0]}, {sides[1]:.2f} {names[1]}.",
    )


def shown_code(_: ForwardPass, __: State) -> list[Callable | type]:
    """The network, and the functions that made the text and found the unit."""
    return [CharacterLSTM, distribution, generate, trackers, influence]


def script(passed: ForwardPass, state: State) -> str:
    """A plain PyTorch script that writes the same text."""
    sampling = read_sampling(state, state.seed)
    generated = passed.generated
    put = {at: generated.text[at] for at in passed.own}
    return generate_script(generated.prompt, state.length, *sampling, passed.network.usage, put)


def script_name(_: ForwardPass, __: State) -> str:
    """The name of the script's file."""
    return "dlviz_generate.py"


def script_files(passed: ForwardPass, _: State) -> ScriptFiles:
    """Weights that the script needs beside it."""
    return passed.network.script_files
