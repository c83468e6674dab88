"""A text drawn character by character in the browser, each with what it was drawn from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from dlviz.data import novels
from dlviz.ui.components import events, load_component
from dlviz.ui.components.wire_format import pack

if TYPE_CHECKING:
    from dlviz.attention.writing import Attended
    from dlviz.generation import Generated


_component = load_component("generated_text", "bar")


def typed(key: str, data: bytes) -> None:
    """Draw a `message`; what the learner does there comes with the next run (see `news`)."""
    _component(key=key, data=data, on_step_change=events.heard, on_looks_change=events.heard)


def place(key: str, longest: int) -> int | None:
    """The character that the learner has come to rest on, if that is news."""
    match events.numbers(key, "step", 1):
        case [at] if 0 <= at < longest:
            return at
    return None


def message(
    written: Generated | Attended,
    at: int,
    lit: np.ndarray | None = None,
    attention: np.ndarray | None = None,
    looks: Mapping[str, int] | None = None,
) -> bytes:
    """The bytes of a text: what is read off in single precision, what is only marked in half.

    Args:
        at: the written character that is looked at; one that is not there stands for the last.
        lit: (prompt + characters,), a value that lights each character.
        attention: as of `attention.writing.Attended`, sent in 256 steps.
        looks: with it, which `layer` and `head` light the text; head −1 is the mean of all.
    """
    count = len(written.text)
    header = {
        "prompt": written.prompt,
        "text": written.text,
        "alphabet": novels.ALPHABET,
        "step": at if 0 <= at < count else count - 1,
        "lit": lit is not None,
        "looks": looks and dict(looks),
    }
    arrays = {
        "raw": written.raw.astype(np.float16),  # only marked, not read off
        "drawn": written.drawn.astype(np.float32),
        "lit": (np.zeros(0) if lit is None else lit).astype(np.float32),
        "bits": np.nan_to_num(written.bits).astype(np.float32),
    }
    if attention is not None:
        arrays["attention"] = (255 * attention).round().astype(np.uint8)
    return pack(header, arrays)
