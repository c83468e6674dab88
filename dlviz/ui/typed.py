"""A text drawn character by character in the browser, each with what it was drawn from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Protocol

import numpy as np

from dlviz.data import novels
from dlviz.ui.components import load
from dlviz.ui.heads import news
from dlviz.ui.payload import pack

if TYPE_CHECKING:

    class Written(Protocol):
        """What was written after a prompt; as of `generation.Generated`."""

        prompt: str
        text: str
        raw: np.ndarray
        drawn: np.ndarray
        bits: np.ndarray


_component = load("typed", "payload", "colour")


def typed(key: str, data: bytes) -> None:
    """Draw a `message`; what the learner does there comes with the next run (see `news`)."""
    _component(key=key, data=data, on_at_change=_heard, on_looks_change=_heard)


def _heard() -> None:
    """Streamlit keeps only what has a callback; the run that follows does the rest."""


def place(key: str, longest: int) -> int | None:
    """The character that the learner has come to rest on, if that is news."""
    match news(key, "at", 1):
        case [at] if 0 <= at < longest:
            return at
    return None


def message(
    written: Written,
    at: int,
    lit: np.ndarray | None = None,
    attention: np.ndarray | None = None,
    looks: Mapping[str, int] | None = None,
) -> bytes:
    """The bytes of a text: what is read off in single precision, what is only marked in half.

    Args:
        at: the written character that is looked at; one that is not there stands for the last.
        lit: (prompt + characters,), a value that lights each character.
        attention: (characters, layers, heads, context) as of `attention.writing.Attended`, coloured in 256 steps.
        looks: with it, which `layer` and `head` light the text; head −1 is the mean of all.
    """
    count = len(written.text)
    header = {
        "prompt": written.prompt,
        "text": written.text,
        "alphabet": novels.ALPHABET,
        "at": at if 0 <= at < count else count - 1,
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
