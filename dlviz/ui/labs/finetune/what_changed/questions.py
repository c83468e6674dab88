"""The question of the view: which layer fine-tuning has changed most."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from dlviz.questions import Choice
from dlviz.ui.labs.finetune.state import LAYERS
from dlviz.ui.text_format.numbers import number

if TYPE_CHECKING:
    from dlviz.ui.labs.finetune.what_changed.forward import Change


def main_question(change: Change | None = None) -> Choice:
    """Ask whose vectors fine-tuning has changed most; answered once that is measured.

    Args:
        change: None before.
    """
    asked = Choice(
        name="layer",
        text="Whose vectors for the same sentences has fine-tuning changed most?",
        options=LAYERS,
        answer=None,
        hints=[
            "A layer reads what the layers below it give. What has changed below arrives above too.",
            "The sentence’s answer is read from the top: whose weights get the gradient first?",
        ],
        why="Why there, and not where the words come in?",
        because="",
        shows={"change_shown": True},
    )
    if change is None:
        return asked
    moved = zip(change.layers, 1 - change.alike, strict=True)
    found = ", ".join(f"{layer} {number(value, '.3f')}" for layer, value in moved)
    answer = change.layers[int(np.argmin(change.alike))]
    return replace(asked, answer=answer, because=f"1 − CKA, which is 0 where nothing has changed: {found}.")
