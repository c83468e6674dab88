"""Questions of the Text generation lab, answered from the learner's own text, and the code behind it."""

from collections.abc import Callable

import numpy as np

from dlviz.generation import distribution, generate, influence
from dlviz.interpretable_units import trackers
from dlviz.models import CharacterLSTM
from dlviz.scripts.labs import generate_script
from dlviz.ui.inputs.sampling import read_sampling
from dlviz.ui.labs.generate.forward import ForwardPass
from dlviz.ui.labs.generate.state import State
from dlviz.ui.lesson import Question, ScriptFiles
from dlviz.ui.next_character import ask_first_character
from dlviz.ui.text_format.markdown import plain


def questions(passed: ForwardPass, _: State) -> list[Question]:
    """Questions to predict."""
    return [ask_first_character(passed.generated.raw), _repeats(passed), _unsure(passed)]


def _repeats(passed: ForwardPass) -> Question:
    text = generate(passed.network.model, passed.generated.prompt, 300, 0.0, None, 0).text
    end = text[-40:]
    repeats = end in text[:-40]
    return Question(
        name="repeats",
        text="At temperature 0 the most probable character is always taken. What becomes of 300 characters?",
        options=["The text runs in circles", "It goes on without repeating itself"],
        answer="The text runs in circles" if repeats else "It goes on without repeating itself",
        hint="Set the temperature to 0 and read on.",
        because=f"Its last 40 characters, “{plain(end.strip())}”, came {'before' if repeats else 'once'}.",
    )


def _unsure(passed: ForwardPass) -> Question:
    generated = passed.generated
    context = generated.prompt[-1] + generated.text
    bits = generated.bits[len(generated.prompt) :]
    starts = np.array([not before.isalpha() for before in context[: len(bits)]])
    sides = [float(bits[chosen].mean()) if chosen.any() else 0.0 for chosen in (starts, ~starts)]
    names = ["after a space, a mark or a new line", "after a letter"]
    return Question(
        name="unsure",
        text="Where was the network more surprised by what was drawn, on average over your text?",
        options=names,
        answer=names[int(sides[1] > sides[0])],
        hint="Step through a long word: how do the bars change from letter to letter?",
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
