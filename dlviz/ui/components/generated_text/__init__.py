"""Text of a network, in the browser: character by character, each with the distribution it was drawn from."""

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


def generated_text(
    key: str,
    generated: Generated | Attended,
    at: int,
    light: np.ndarray | None = None,
    attention: np.ndarray | None = None,
    looks: Mapping[str, int] | None = None,
) -> None:
    """Draw a text; the character that the learner comes to rest on comes with the next run.

    Args:
        at: the written character that is looked at; one that is not there stands for the last.
        light: (prompt + characters,), a value that lights each character.
        attention: (characters, layers, heads, context), as of `dlviz.attention.writing.Attended`; it is sent
            in 256 steps.
        looks: with it, which `layer` and `head` light the text (head −1 is the mean of all), and `heard`, the
            number of the last report `looks` that this answers.
    """
    count = len(generated.text)
    header = {
        "prompt": generated.prompt,
        "text": generated.text,
        "alphabet": novels.ALPHABET,
        "step": at if 0 <= at < count else count - 1,
        "lit": light is not None,
        "looks": looks and dict(looks),
    }
    arrays = {
        "raw": generated.raw.astype(np.float16),  # only marked, not read off
        "drawn": generated.drawn.astype(np.float32),
        "lit": (np.zeros(0) if light is None else light).astype(np.float32),
        "bits": np.nan_to_num(generated.bits).astype(np.float32),
    }
    if attention is not None:
        arrays["attention"] = (255 * attention).round().astype(np.uint8)
    _component(
        key=key,
        data=pack(header, arrays),
        on_step_change=events.heard,
        on_looks_change=events.heard,
    )


def chosen_character(key: str, longest: int) -> int | None:
    """Place of the character that the learner has come to rest on, if that is news."""
    match events.numbers(key, "step", 1):
        case [at] if 0 <= at < longest:
            return at
    return None
