"""A series of numbers as a curve, on which a learner draws."""

import numpy as np

from dlviz.ui.components import events, load_component
from dlviz.ui.components.wire_format import pack

_component = load_component("curve")


def curve(key: str, values: np.ndarray, alt: str) -> None:
    """Draw a series; `events.news(key, "values")` tells what a learner has drawn over it.

    It reports a list of numbers in [−1, 1], followed by the report's own number.

    Args:
        values: (steps,) float in [−1, 1].
        alt: what the curve shows now, in words.
    """
    data = pack({"alt": alt, "heard": events.latest(key, "values")}, {"values": values.astype(np.float32)})
    _component(key=key, data=data, on_values_change=events.heard)
