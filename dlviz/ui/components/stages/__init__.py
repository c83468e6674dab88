"""Self-attention drawn in the browser: each matrix a heat map, each cell a sum that can be read."""

from collections.abc import Mapping

import numpy as np

from dlviz.ui.components import events, load_component
from dlviz.ui.components.wire_format import pack

_component = load_component("stages")


def stages(key: str, header: Mapping[str, object], arrays: Mapping[str, np.ndarray]) -> None:
    """Draw one head's way from tokens to output; `events.numbers(key, …)` tells what a learner chooses there.

    It reports `head`, `pin` (a token, −1 for none) and `cell` (stage, row, column; the stage by its place in
    `header["stages"]`).

    Args:
        header: tokens, stages, captions and what is chosen, as `stages.js` reads them.
        arrays: each stage's matrix (row, column) float32; `small`, all heads' patterns (head, size, size)
            uint8; and `weights` (embed,) float32 where the chosen cell comes from a linear layer.
    """
    answered = events.latest(key, "head", "pin", "cell")
    _component(
        key=key,
        data=pack({**header, "heard": answered}, arrays),
        on_head_change=events.heard,
        on_pin_change=events.heard,
        on_cell_change=events.heard,
    )
