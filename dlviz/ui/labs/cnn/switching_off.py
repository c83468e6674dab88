"""Channels switched off, each alone or ever more of them: what becomes of the answer.

Always outside training mode, so that nothing but the switch makes the difference.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from dlviz.ui.labs.cnn.forward import CacheKey

if TYPE_CHECKING:
    from collections.abc import Sequence


@lru_cache(maxsize=32)
def effects(key: CacheKey, stage: str) -> tuple[np.ndarray, np.ndarray]:
    """The logits (classes,) now, and (channel, classes) with each channel of the stage alone off."""
    from dlviz.explain import without_each_channel

    x, edits = key.unpack()
    return _logits(key), without_each_channel(key.model, x, stage, edits)


def off_until_it_tips(key: CacheKey, stage: str, off: Sequence[int]) -> tuple[list[int], bool]:
    """Channels to switch off, the strongest first, until the answer is another; True if it then is.

    Where it stays to the end, these are all channels.

    Args:
        off: those that are off already.
    """
    from dlviz.explain import without_strongest

    x, edits = key.unpack()
    order, logits = without_strongest(key.model, x, stage, edits, off)
    tipped = logits.argmax(axis=1) != int(_logits(key).argmax())
    count = int(tipped.argmax()) + 1 if tipped.any() else len(order)
    return sorted([*off, *order[:count].tolist()]), bool(tipped.any())


def _logits(key: CacheKey) -> np.ndarray:
    from dlviz.trace import trace

    x, edits = key.unpack()
    return trace(key.model, x, edits)[0][0].numpy()
