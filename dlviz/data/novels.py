"""Two novels of Jane Austen (public domain), as characters."""

import re
import unicodedata
from functools import cache

import torch
from torch import Tensor

from dlviz.data.typography import make_plain, without_accents
from dlviz.paths import ASSETS

FOLDER = ASSETS / "data" / "austen"
NOVELS = {"prideprejudice": "Pride and Prejudice", "emma": "Emma"}
CHAPTER = re.compile(r"^chapter \w+$", re.IGNORECASE | re.MULTILINE)
# All that the novels contain, but for a handful of marks that occur fewer than thirty times.
ALPHABET = "\n !\"'(),-.:;?_abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
# Letters that are more than a plain one with an accent.
SPELT = {
    "æ": "ae",
    "Æ": "Ae",
    "œ": "oe",
    "Œ": "Oe",
    "ß": "ss",
    "ø": "o",
    "Ø": "O",
    "ł": "l",
    "Ł": "L",
    "đ": "d",
}


@cache
def chapters(novel: str) -> tuple[str, ...]:
    """Chapters of a novel, each beginning with its heading.

    Raises: OSError if the novel is not there.
    """
    text = transliterate((FOLDER / f"{novel}.txt").read_text(encoding="utf-8"))
    starts = [match.start() for match in CHAPTER.finditer(text)]
    return tuple(text[a:b] for a, b in zip(starts, [*starts[1:], len(text)], strict=True))


def parts() -> tuple[str, str]:
    """Training text, and held-out text: the last chapter of each novel."""
    learned = "".join("".join(chapters(novel)[:-1]) for novel in NOVELS)
    return learned, "".join(chapters(novel)[-1] for novel in NOVELS)


def transliterate(text: str) -> str:
    """Write a text in the alphabet: marks and letters made plain, all else that it lacks left out."""
    return "".join(map(spell, unicodedata.normalize("NFC", make_plain(text))))


def left_out(text: str) -> list[str]:
    """Characters that `transliterate` has nothing for, each once."""
    every = dict.fromkeys(unicodedata.normalize("NFC", make_plain(text)))
    return [character for character in every if not spell(character)]


@cache
def spell(character: str) -> str:
    """Write a character in the alphabet, a letter without its accent; "" for one that it has nothing for.

    Nor has it for ½, which without its stroke would be 12.
    """
    if character in ALPHABET:
        return character
    spelt = SPELT.get(character) or make_plain(without_accents(character))
    return spelt if set(spelt) <= set(ALPHABET) else ""


def encode(text: str) -> Tensor:
    """Indices of a text's characters in the alphabet: (length,) int64.

    Raises: ValueError naming the first character that is not in it.
    """
    for character in text:
        if character not in ALPHABET:
            raise ValueError(f"the alphabet has no {character!r}")
    return torch.tensor([ALPHABET.index(character) for character in text], dtype=torch.int64)


def decode(indices: Tensor) -> str:
    """Text of indices (length,) in the alphabet."""
    return "".join(ALPHABET[index] for index in indices.tolist())
