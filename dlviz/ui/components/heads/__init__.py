"""Attention drawn in the browser: all heads small, one large, as a heat map or as lines between words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dlviz.ui.components import events, load_component
from dlviz.ui.components.wire_format import pack

THUMBNAIL = 64  # values a side, at most: as many pixels as are drawn

_component = load_component("heads")


@dataclass(frozen=True, eq=False)
class Picture:
    """All heads small, one pattern large.

    Args:
        tokens: those that queries and keys stand for.
        large: (query, key), drawn exactly as computed.
        title, alt: of the large pattern, over it and as its text alternative.
        small: (row, column, query, key), or None for the large pattern alone.
        rows, columns: names of the rows and columns of small patterns, such as “layer 1”;
            beside them stand their numbers, counted from 1.
        captions: of the small patterns, row by row.
        heading, note: over and under the small ones.
        shown: row and column of the large one, if it is one of the small.
        pinned: the query whose row is shown alone, or −1.
        view: map or lines.
        scale: diverging where the large one holds differences.
        limit: the value of the large one that is drawn in the darkest colour; None for its own largest.
        small_limit: the same for the small ones; None for each one's own largest.
        ids: the tokens' numbers in a vocabulary, written under them.
        segments: 1 for tokens of a second text.
        off: rows and columns of heads that are switched off.
        moved: share of each small pattern that has changed, written into it, row by row; () for none.
        pin_note: between a pinned token and the three that it looks at most.
    """

    tokens: Sequence[str]
    large: np.ndarray
    title: str
    alt: str
    small: np.ndarray | None = None
    rows: Sequence[str] = ()
    columns: Sequence[str] = ()
    captions: Sequence[str] = ()
    heading: str = ""
    note: str = ""
    shown: tuple[int, int] | None = None
    pinned: int = -1
    view: str = "map"
    scale: str = "sequential"
    limit: float | None = None
    small_limit: float | None = None
    ids: Sequence[int] = ()
    segments: Sequence[int] = ()
    off: Sequence[tuple[int, int]] = ()
    moved: Sequence[float] = ()
    pin_note: str = "looks most at"


def thumbnails(patterns: np.ndarray, limit: float | None = None) -> np.ndarray:
    """(row, column, size, size) uint8 of patterns (row, column, seq, seq).

    Where there are more than 64 tokens, a value stands for the largest weight of a square of tokens.

    Args:
        limit: the weight that becomes 255; None for the largest of each pattern.
    """
    rows, columns, seq, _ = patterns.shape
    step = -(-seq // THUMBNAIL)
    size = -(-seq // step)
    room = np.zeros((rows, columns, size * step, size * step), np.float32)
    room[:, :, :seq, :seq] = patterns
    pooled = room.reshape(rows, columns, size, step, size, step).max(axis=(3, 5))
    largest = np.maximum(pooled.max(axis=(2, 3), keepdims=True), 1e-12) if limit is None else limit
    return (255 * np.minimum(pooled / largest, 1)).round().astype(np.uint8)


def message(picture: Picture, heard: int = 0) -> bytes:
    """The bytes of a picture.

    Args:
        heard: number of the newest report that it answers.
    """
    header = {name: value for name, value in vars(picture).items() if name not in ("large", "small")}
    header["segments"] = list(picture.segments) or [0] * len(picture.tokens)
    header["heard"] = heard
    arrays = {"large": picture.large.astype(np.float32)}
    if picture.small is not None:
        arrays["small"] = thumbnails(picture.small, picture.small_limit)
    return pack(header, arrays)


def heads(key: str, picture: Picture) -> None:
    """Draw it; a chosen `head` (row, column) or `pin` (token) is read from `events` in the next run."""
    data = message(picture, events.latest(key, "head", "pin"))
    _component(key=key, data=data, on_head_change=events.heard, on_pin_change=events.heard)
