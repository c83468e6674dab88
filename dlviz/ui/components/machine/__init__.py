"""A network at all checkpoints of its training, drawn in the browser, where a learner goes back and forth."""

from collections.abc import Mapping

import numpy as np

from dlviz.ui.components import events, load_component
from dlviz.ui.components.wire_format import pack

_component = load_component("machine", "bar")


def machine(key: str, header: Mapping[str, object], arrays: Mapping[str, np.ndarray]) -> None:
    """Draw a film of checkpoints; `events.news(key, …)` tells where a learner has come to rest.

    It reports `step`, the checkpoint that is looked at, and `beside`, the one that it is compared with or −1,
    each followed by the report's own number.

    Args:
        header: titles, sentences, and the checkpoints with their captions, as `machine.js` reads them.
        arrays: `answers` (checkpoints, classes) float32, and `values` (checkpoints, count, height, width).
    """
    _component(key=key, data=pack(header, arrays), on_step_change=events.heard, on_beside_change=events.heard)
