"""Words and a question about the next character, for both labs in which a network writes."""

import numpy as np

from dlviz.data import novels
from dlviz.questions import Choice
from dlviz.ui.text_format.markdown import plain
from dlviz.ui.text_format.numbers import probability
from dlviz.ui.text_format.quotes import quoted

NAMES = {" ": "a space", "\n": "a new line"}


def name_character(character: str) -> str:
    """A character as it stands in a sentence."""
    return NAMES.get(character, plain(quoted(character)))


def ask_first_character(raw: np.ndarray) -> Choice:
    """Choice on the first character that was written.

    Args:
        raw: (characters, alphabet) probabilities of the network, before temperature.
    """
    best = [int(index) for index in raw[0].argsort()[::-1][:4]]
    answer = name_character(novels.ALPHABET[best[0]])
    return Choice(
        name="first",
        text="Which character does the network think most probable right after your beginning?",
        options=sorted(name_character(novels.ALPHABET[index]) for index in best),
        answer=answer,
        hints=[
            "Go to the first written character, and look at the thin marks beside the bars.",
            "The mark furthest out is the most probable one, before temperature changes the bars.",
        ],
        because=f"It gives {answer} {probability(float(raw[0, best[0]]))}.",
    )
