"""Texts that people type, cut to what a board has room for."""

import unicodedata
from collections.abc import Sequence

from dlviz.questions import Choice

NICKNAME = 24  # characters
QUESTION, OPTION, OPTIONS = 300, 80, 6
SENTENCE = 200
OWN = "own"  # name of a question that a teacher has written


def clean(text: str, longest: int) -> str:
    """A text in one line, without characters that are not seen or turn others round."""
    kept = (
        " " if character.isspace() else character
        for character in unicodedata.normalize("NFC", text[: 4 * longest])
        if character.isspace() or unicodedata.category(character)[0] != "C"
    )
    return " ".join("".join(kept).split())[:longest].rstrip()


def write_question(text: str, options: Sequence[str]) -> Choice:
    """A teacher's own question, whose answer nobody computes.

    Raises: ValueError if it has no text, or not 2 to 6 different options.
    """
    text = clean(text, QUESTION)
    choices = list(dict.fromkeys(filter(None, (clean(option, OPTION) for option in options))))
    if not text or not 2 <= len(choices) <= OPTIONS:
        raise ValueError(f"A question needs a text and 2 to {OPTIONS} different answers to choose from.")
    return Choice(name=OWN, text=text, options=choices, hints=(), answer=None, because="")
