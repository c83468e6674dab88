"""Captions of a film, and of its checkpoints."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from dlviz.training.analysis.history import History
from dlviz.ui.text_format.numbers import number, percent

NOTES = {
    "kernels": "Blue weights are above 0, orange ones below; one colour scale for all checkpoints.",
    "maps": "The darker, the stronger; one colour scale for all checkpoints, so early maps may be pale.",
    "attention": "The darker, the more attention; rows ask, columns are looked at. First: the class token.",
    "gates": "Units from top to bottom, steps from left to right (at most 128 and 60); each picture has "
    "its own colour scale, the same for all checkpoints.",
}
CLASS_TOKEN = "A square is a patch of the picture: the darker, the more the class token takes from it."
IMPORTED = "The weights of the file"


def note(kind: str, part: str) -> str:
    """Say what the colours of a kind of picture mean."""
    return CLASS_TOKEN if part == "class" else NOTES[kind]


def checkpoint(history: History, step: int) -> str:
    """Name a checkpoint's step and epoch, and the share that its network got right."""
    if not step:
        return "Step 0: random weights, nothing learned"
    epochs, epoch = history.epochs, -(-step // max(history.steps_per_epoch, 1))
    where = f"Step {step:,}, epoch {epoch}"
    if history.restored and step == history.step:
        best = int(np.nanargmin(epochs["loss"]))
        return (
            f"{where}; early stopping brought back the weights of epoch {int(epochs['epoch'][best])}, "
            f"validation accuracy {percent(float(epochs['accuracy'][best]))}"
        )
    for name, data in (("accuracy", "validation"), ("test_accuracy", "test")):
        measured = epochs[name][(epochs["step"] == step) & np.isfinite(epochs[name])]
        if len(measured):
            return f"{where}: {data} accuracy {percent(float(measured[-1]))}"
    return f"{where}: not measured there"


def selection(shown: Sequence[int], on_disk: Sequence[int], written: Sequence[int], best: int) -> str:
    """Say which checkpoints a film shows; empty where these are all.

    Args:
        shown, on_disk, written: steps, oldest first.
        best: step of the best epoch; 0 if there is none.
    """
    if [*shown] == [*written]:
        return ""
    first = sum(step == each for step, each in zip(shown, written, strict=False))
    best_epoch = "the best epoch’s, " if best in shown[first:] else ""
    sentence = (
        f"{len(shown)} of {len(written):,} checkpoints are shown: the first {first}, {best_epoch}the newest, "
        "and others at even distances."
    )
    gone = f" Only {len(on_disk)} are still on the disk, chosen in the same way."
    return sentence + (gone if len(written) > len(on_disk) else "")


def moved(wanted: int, nearest: int) -> str:
    """Say that a learner whose checkpoint is not there stands at the nearest."""
    return f"The checkpoint after step {wanted:,} is not kept: the nearest is that after step {nearest:,}."


def dreams(name: str, values: Mapping[int, float]) -> str:
    """The dreams of a class at checkpoints, in words.

    Args:
        values: step -> its logit in the dream after that step, in order.
    """
    (first, begun), *_, (last, ended) = [*values.items(), *values.items()]
    told = f"Under each dream: the logit of {name}. After step {first:,} it reaches {number(begun, '.3g')}"
    return f"{told}." if last == first else f"{told}; after step {last:,}, {number(ended, '.3g')}."
