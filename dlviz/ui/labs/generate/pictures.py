"""The text as it is written, drawn in the browser, where characters follow without asking the server."""

from __future__ import annotations

from dlviz.ui.components import typed
from dlviz.ui.labs.generate.forward import Run
from dlviz.ui.labs.generate.state import LAB, LONGEST, get, put

KEY = f"{LAB}.typed"


def take() -> None:
    """Put the place that the learner has come to rest on since the last run into the lab's state."""
    if (at := typed.place(KEY, LONGEST)) is not None:
        put("at", at)


def text(current: Run) -> None:
    """Draw the text, lit by the unit; the place that is looked at comes with the next run."""
    lit = None if current.unit is None else current.generated.cell[:, current.unit]
    typed.typed(KEY, typed.message(current.generated, get("at"), lit))
