"""Words coloured by a number each, in rows, drawn in the browser."""

from collections.abc import Collection, Sequence

import numpy as np

from dlviz.ui.components import load_component
from dlviz.ui.components.wire_format import pack

Row = tuple[str, str, np.ndarray]

_component = load_component("word_highlights")


def marks(
    key: str,
    words: Sequence[str],
    rows: Sequence[Row],
    ends: tuple[str, str] = ("praise", "blame"),
    unknown: Collection[int] = (),
    alts: Sequence[str] | None = None,
) -> None:
    """Draw rows of a title, a note and values (words,).

    Args:
        ends: what positive and negative values speak for.
        unknown: places of words that are marked as unknown.
        alts: what each row shows, in words; by default the strongest word for either end.
    """
    alts = alts or [_strongest(words, values, ends) for _, _, values in rows]
    described = [
        {"title": title, "note": note, "alt": alt} for (title, note, _), alt in zip(rows, alts, strict=True)
    ]
    arrays = {str(index): values.astype(np.float32) for index, (_, _, values) in enumerate(rows)}
    header = {"words": words, "unknown": sorted(unknown), "rows": described}
    _component(key=key, data=pack(header, arrays))


def _strongest(words: Sequence[str], values: np.ndarray, ends: tuple[str, str]) -> str:
    parts = []
    if values.max() > 0:
        parts.append(f"most for {ends[0]}: “{words[int(values.argmax())]}” with {values.max():.3g}")
    if values.min() < 0:
        parts.append(f"most for {ends[1]}: “{words[int(values.argmin())]}” with {values.min():.3g}")
    return "; ".join(parts) or "no word changes anything"
