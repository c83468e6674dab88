"""Tokens of a text: words, marks and symbols."""

import re
import unicodedata
from functools import cache

from dlviz.data.typography import make_plain

SENTENCE_MARKS = ".,;:!?"
# Over the kinds of characters that `_kind` names. Emoji keep their skin tones and what they are joined to.
PIECE = re.compile(r"W[WM]*(?:'[WM]+)*|([.,;:!?])\1*|RR?|S(?:M|T|JS)*|T")
# Also as it is typed in haste: "didnt".
NOT = re.compile(
    r"(ai|are|ca|could|did|do|does|had|has|have|is|might|must|need|sha|should|was|were|wo|would)n'?t"
)
SHORTENED = {"ai": "is", "ca": "can", "sha": "shall", "wo": "will"}
# Contractions from a PDF or a treebank, whose apostrophe has a space beside it: wasn' t, it 's.
APART = re.compile(
    r"(?<=n)'\x20(?=t\b)|(?<=n)\x20'(?=t\b)|(?<=\w)\x20'(?=(?:s|re|ve|ll|d|m)\b)", re.IGNORECASE
)
BEFORE_FRACTION = re.compile(r"(?<=\d)(?=[\u00bc-\u00be\u2150-\u215e\u2189])")  # 1½ is not 11/2
CLITIC = re.compile(r"(.+)('(?:s|re|ve|ll|d|m))")


def tokenise(text: str) -> list[str]:
    """Split a text into words in lower case, and the marks . , ; : ! ? and symbols such as emoji one by one.

    Contractions are split: "isn't" is "is" and "n't", "it's" is "it" and "'s". Quotation marks, brackets,
    dashes and other punctuation fall away; repeated marks count once, but "..." stays.
    """
    plain, kinds = _read(text)
    pieces = (plain[match.start() : match.end()] for match in PIECE.finditer(kinds))
    return [token for piece in pieces for token in _split_contraction(piece)]


def fallen_away(text: str) -> list[str]:
    """Characters of a text that are in none of its tokens, each once: brackets, quotation marks, dashes."""
    plain, kinds = _read(text)
    left, end = [], 0
    for match in PIECE.finditer(kinds):
        left.append(plain[end : match.start()])
        end = match.end()
    left.append(plain[end:])
    return list(dict.fromkeys(each for each in "".join(left) if each.isprintable() and not each.isspace()))


def _read(text: str) -> tuple[str, str]:
    """The text in lower case with the marks of a keyboard, and the kind of each of its characters."""
    whole = BEFORE_FRACTION.sub(" ", APART.sub("'", make_plain(text)))
    plain = unicodedata.normalize("NFKC", whole).lower()
    return plain, "".join(map(_kind, plain))


@cache
def _kind(character: str) -> str:
    """W word, M mark on the one before, S symbol, T skin tone, R half a flag, J joiner; a mark of its own."""
    if character in SENTENCE_MARKS or character == "'":
        return character
    if character == "\u200d":
        return "J"
    if "\U0001f1e6" <= character <= "\U0001f1ff":
        return "R"
    category = unicodedata.category(character)
    if category == "Sk":
        return "T"
    return {"L": "W", "N": "W", "M": "M", "S": "S"}.get(category[0], " ")


def _split_contraction(piece: str) -> list[str]:
    if piece[0] in SENTENCE_MARKS:
        return ["..."] if piece.startswith("..") else [piece[0]]
    if piece == "cannot":
        return ["can", "not"]
    if contraction := NOT.fullmatch(piece):
        verb = contraction[1]
        return [SHORTENED.get(verb, verb), "n't"]
    if clitic := CLITIC.fullmatch(piece):
        return [clitic[1], clitic[2]]
    return [piece]
