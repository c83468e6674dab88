"""Words and names that others gave, in a sentence: none of them turns round what stands beside it."""

import re

# Hebrew, Arabic and their kin: the blocks that Unicode keeps for letters written from right to left.
_FROM_RIGHT_TO_LEFT = re.compile(
    "[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]"
)


def isolated(text: str) -> str:
    """A name as it stands in a sentence or a list; one from right to left is kept apart from its neighbours.

    Else numbers and marks between two such names are read from right to left as well.
    """
    return f"\u2068{text}\u2069" if _FROM_RIGHT_TO_LEFT.search(text) else text


def quoted(text: str) -> str:
    """A word or a text in quotation marks."""
    return f"“{isolated(text)}”"
