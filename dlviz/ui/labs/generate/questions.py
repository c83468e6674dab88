"""What a learner is asked in the lab of text generation, and the code behind its picture."""

import numpy as np

from dlviz.generation import distribution, generate
from dlviz.interpretable_units import trackers
from dlviz.models import CharacterLSTM
from dlviz.scripts.labs import generate_script
from dlviz.ui.labs.generate.forward import Run
from dlviz.ui.labs.generate.state import get
from dlviz.ui.lesson import Question
from dlviz.ui.next_character import ask_first_character
from dlviz.ui.text_format.markdown import plain

SOURCES = (CharacterLSTM, distribution, generate, trackers)


def ask(current: Run) -> list[Question]:
    """Questions, answered from the learner's own text."""
    return [ask_first_character(current.generated.raw), _repeats(current), _unsure(current)]


def _repeats(current: Run) -> Question:
    text = generate(current.network.model, current.generated.prompt, 300, 0.0, None, 0).text
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


def _unsure(current: Run) -> Question:
    generated = current.generated
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


def script(current: Run) -> str:
    """A plain PyTorch script that writes the same text."""
    top_k = None if get("top_k") == "all" else int(get("top_k"))
    temperature = float(get("temperature"))
    top_p = None if get("top_p") == "1" else float(get("top_p"))
    prompt, usage = current.generated.prompt, current.network.usage
    return generate_script(prompt, get("length"), temperature, top_k, get("seed"), top_p, usage)
