"""Small pictures side by side, a word under each; those that lead somewhere can be clicked."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dlviz.ui.components import load_component
from dlviz.ui.components.wire_format import pack

_component = load_component("gallery")


def gallery(
    key: str,
    pictures: np.ndarray,
    captions: Sequence[str],
    alt: str,
    links: Sequence[str] = (),
    side: int = 56,
    hint: str = "",
) -> None:
    """Draw a row of pictures.

    Args:
        pictures: (n, height, width) uint8, 0 the ground, or (n, 3, height, width) uint8 in colour.
        captions: one each.
        alt: text alternative.
        links: an address within this server for each; none by default.
        side: of each in CSS pixels.
        hint: where the links lead.
    """
    channels_last = pictures.transpose(0, 2, 3, 1) if pictures.ndim == 4 else pictures[..., None]
    hrefs = links or [""] * len(captions)
    items = [{"caption": caption, "href": href} for caption, href in zip(captions, hrefs, strict=True)]
    header = {"alt": alt, "side": side, "hint": hint, "items": items}
    _component(key=key, data=pack(header, {"pictures": np.ascontiguousarray(channels_last.astype(np.uint8))}))
