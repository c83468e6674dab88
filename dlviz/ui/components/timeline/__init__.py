"""Recurrent networks' readings, drawn in the browser, where steps change without asking the server."""

from collections.abc import Mapping

import numpy as np

from dlviz.ui.components import events, load_component
from dlviz.ui.components.wire_format import pack

_component = load_component("timeline", "bar")


def timeline(key: str, header: Mapping[str, object], arrays: Mapping[str, np.ndarray]) -> None:
    """Draw what is read, and each network's gates and states under it.

    `events.news(key, …)` tells what a learner does there. It reports `step` (where the learner has come to
    rest), `unit` (the network's name, and the unit chosen in it) and `order` (of the units, one of the
    header's `orders`), each followed by the report's number.

    Args:
        header: the steps' names, the step that is shown, and `networks`, each with its name, titles and
            strips, as `timeline.js` reads them.
        arrays: `shown`, the digit (28, 28) or the series (steps,), if that is what is read; and under each
            network's name, such as "lstm.hidden": gates and states (steps, hidden), float16 if they fit;
            `answers` and, under an intervention, `before` (steps, classes); `terms` (3 · gates, steps), what
            each gate of the unit gets from the input and from the hidden state, and its value; `states`, the
            unit's hidden and cell state (1 or 2, steps); `remembered`, how much each step up to the shown one
            still matters (step + 1,).
    """
    reports = dict.fromkeys(("on_step_change", "on_unit_change", "on_order_change"), events.heard)
    _component(key=key, data=pack(header, arrays), **reports)
