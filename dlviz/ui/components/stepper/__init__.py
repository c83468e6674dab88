"""Convolution step by step, drawn in the browser, where the window walks without asking the server."""

from collections.abc import Mapping

import numpy as np

from dlviz.ui.components import events, load_component
from dlviz.ui.components.wire_format import pack

_component = load_component("stepper", "bar")


def stepper(key: str, header: Mapping[str, object], arrays: Mapping[str, np.ndarray]) -> None:
    """Draw a kernel's way over a picture; `events.news(key, …)` tells what a learner does there.

    It reports `pixel` (row, column), `channel` (its name) and `kernel` (rows of the texts in its cells), each
    followed by the report's own number.

    Args:
        header: titles, sentences, sizes and the selected pixel, as `stepper.js` reads them.
        arrays: the kernel (height, width), and `padded`, `output`, `relu`, `max_pool` and `average_pool`,
            each (channel, height, width); float32 to be read off, float16 if they are only looked at.
    """
    _component(
        key=key,
        data=pack(header, arrays),
        on_pixel_change=events.heard,
        on_channel_change=events.heard,
        on_kernel_change=events.heard,
    )
