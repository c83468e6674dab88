"""Text of a network, in the browser: character by character, each with the distribution it was drawn from."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from dlviz.data import novels
from dlviz.ui.components import events, load_component
from dlviz.ui.components.wire_format import pack

if TYPE_CHECKING:
    from dlviz.attention.writing import Attended
    from dlviz.generation import Generated


_component = load_component("generated_text", "bar")


@dataclass(frozen=True, eq=False)
class Colours:
    """Colours of a text.

    Args:
        values: (prompt + characters,), of each character.
        scale: "diverging" or "sequential", of the palette.
        limit: value of full colour; 0 for the largest.
        unit: of the values, such as "bits".
    """

    values: np.ndarray
    scale: str
    limit: float = 0.0
    unit: str = ""


def generated_text(
    key: str,
    generated: Generated | Attended,
    at: int,
    colours: Colours | None = None,
    attention: np.ndarray | None = None,
    looks: Mapping[str, int] | None = None,
    own: Collection[int] | None = None,
) -> None:
    """Draw a text; the character that the learner comes to rest on comes with the next run.

    Args:
        at: the written character that is looked at; one that is not there stands for the last.
        attention: (characters, layers, heads, context), as of `dlviz.attention.writing.Attended`; it is sent
            in 256 steps, and the largest weights exactly.
        looks: with it, which `layer` and `head` light the text (head −1 is the mean of all), and `heard`, the
            number of the last report `looks` that this answers.
        own: places of the learner's own characters; with it a click on a bar puts its character (see
            `put_character`).
    """
    count = len(generated.text)
    header = {
        "prompt": generated.prompt,
        "text": generated.text,
        "alphabet": novels.ALPHABET,
        "step": at if 0 <= at < count else count - 1,
        "colours": colours and {"scale": colours.scale, "limit": colours.limit, "unit": colours.unit},
        "own": None if own is None else sorted(own),
        "looks": looks and dict(looks),
    }
    arrays = {
        "raw": generated.raw.astype(np.float16),  # only marked, not read off
        "drawn": generated.drawn.astype(np.float32),
        "lit": (np.zeros(0) if colours is None else colours.values).astype(np.float32),
        "bits": np.nan_to_num(generated.bits).astype(np.float32),
    }
    if attention is not None:
        arrays["attention"] = (255 * attention).round().astype(np.uint8)
        # The largest are read off, for which such steps are too coarse: the mean’s, then each head’s.
        every = np.concatenate([attention.mean(axis=2, keepdims=True), attention], axis=2)
        arrays["most"] = every.max(axis=3)  # (characters, layers, 1 + heads)
    _component(
        key=key,
        data=pack(header, arrays),
        on_step_change=events.heard,
        on_looks_change=events.heard,
        on_put_change=events.heard,
    )


def chosen_character(key: str, longest: int) -> int | None:
    """Place of the character that the learner has come to rest on, if that is news."""
    match events.numbers(key, "step", 1):
        case [at] if 0 <= at < longest:
            return at
    return None


def put_character(key: str, longest: int) -> tuple[int, int] | None:
    """Place and index in the alphabet of the character that the learner has put, if that is news."""
    match events.numbers(key, "put", 2):
        case [at, index] if 0 <= at < longest and 0 <= index < len(novels.ALPHABET):
            return at, index
    return None
