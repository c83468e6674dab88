"""Words coloured by a number each, in rows, drawn in the browser."""

from collections.abc import Collection, Sequence

import numpy as np

from dlviz.ui.components import load_component
from dlviz.ui.components.wire_format import pack
from dlviz.ui.text_format.numbers import number
from dlviz.ui.text_format.quotes import isolated, quoted

LETTERS = 24  # of a word that is told

Row = tuple[str, str, np.ndarray]

_component = load_component("word_highlights")


def word_highlights(
    key: str,
    words: Sequence[str],
    rows: Sequence[Row],
    ends: tuple[str, str] = ("positive", "negative"),
    unknown: Collection[int] = (),
    alts: Sequence[str] | None = None,
    limit: float = 0.0,
    scale: str = "diverging",
) -> None:
    """Draw rows of a title, a note and values (words,).

    Args:
        ends: names of what positive and of what negative values speak for.
        unknown: places of words that are shown as unknown.
        alts: text alternative of each row; by default the strongest word for either end.
        limit: value of full colour, in all rows; 0 for the largest of each row.
        scale: sequential for values that have no sign, such as attention.
    """
    named = alts is None
    alts = alts or [_strongest(words, values, ends) for _, _, values in rows]
    described = [
        {"title": title, "note": note, "alt": alt} for (title, note, _), alt in zip(rows, alts, strict=True)
    ]
    arrays = {str(index): values.astype(np.float32) for index, (_, _, values) in enumerate(rows)}
    header = {
        "words": words,
        "unknown": sorted(unknown),
        "rows": described,
        "ends": ends if named else ("", ""),
        "limit": limit,
        "scale": scale,
    }
    _component(key=key, data=pack(header, arrays))


def _strongest(words: Sequence[str], values: np.ndarray, ends: tuple[str, str]) -> str:
    parts = []
    for at, end in zip((values.argmax(), values.argmin()), ends, strict=True):
        value = float(values[at])
        if value > 0 if end == ends[0] else value < 0:
            parts.append(f"most for {isolated(end)}: {quoted(words[int(at)][:LETTERS])} with {number(value)}")
    return "; ".join(parts) or "no word changes anything"
