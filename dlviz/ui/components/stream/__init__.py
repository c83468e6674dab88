"""Residual stream through a transformer block, drawn in the browser: tokens by values at every station."""

from collections.abc import Mapping

import numpy as np

from dlviz.ui.components import events, load_component
from dlviz.ui.components.wire_format import pack

_component = load_component("stream")


def stream(key: str, header: Mapping[str, object], arrays: Mapping[str, np.ndarray]) -> None:
    """Draw one block, and the sizes of all; `events.numbers(key, …)` tells what a learner chooses there.

    It reports `cell` (token, unit) and `block`.

    Args:
        header: tokens, sentences and what is chosen, as `stream.js` reads them.
        arrays: each station (token, width); `pattern` (query, key), the heads' mean; `sizes` (block, station,
            token); of both LayerNorms `moments` (token, 4), `scale` and `shift` (width,), with their number
            at the end of the name; and `digit` (28, 28) where there is one. In float32 to be read off, in
            float16 if only looked at.
    """
    _component(
        key=key,
        data=pack({**header, "heard": events.latest(key, "cell", "block")}, arrays),
        on_cell_change=events.heard,
        on_block_change=events.heard,
    )
