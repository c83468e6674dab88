"""Questions about what was measured, the code behind it, and a script."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial

import numpy as np

from dlviz.questions import Axis, Choice, Number
from dlviz.ui.labs.transfer.what_changed import captions
from dlviz.ui.labs.transfer.what_changed.forward import OLD_TASKS, Change, TunedNetwork
from dlviz.ui.labs.transfer.what_changed.state import BELOW
from dlviz.ui.lesson import ScriptFiles
from dlviz.ui.runs.loaded_network import pack_weights, packaged_files
from dlviz.ui.text_format.numbers import number, percent

NEAR = 10  # percentage points within which a prediction is right
SCRIPT = "dlviz_fine_tuning.py"
NO_PICTURE = np.zeros((28, 28), np.float32)


def main_question(change: Change | None = None) -> Number:
    """Ask how much of its old task a tuned network still gets right; answered once that is measured.

    Args:
        change: None before.
    """
    asked = Number(
        name="kept",
        text="What share of its old task’s test pictures will the fine-tuned network still get right?",
        scale=Axis("of the old task", 0, 100, "%"),
        step=1,
        tolerance=NEAR,
        answer=None,
        hints=[
            "It learns the new task with all of its layers. Does anything tell it to keep the old one?",
            "It has few examples and takes few steps. How far do these move weights that took thousands?",
        ],
        why="Nobody told it to forget, or to remember. What decides how much is left?",
        because="",
    )
    if change is None:
        return asked
    told = f"{percent(change.old_before)} before, {percent(change.old_after)} after."
    return replace(asked, answer=100 * change.old_after, because=f"{told} The old head reads both.")


def questions(changes: Mapping[str, Change]) -> list[Choice]:
    """Questions on what was measured."""
    similar, moved = changes["tuned"].similar, changes["tuned"].weights
    most = max(moved, key=moved.__getitem__)
    least = min(similar, key=similar.__getitem__)
    asked = [
        Choice(
            name="least_alike",
            text="For the same test pictures: which layer’s values are least like those before fine-tuning?",
            options=list(BELOW.values()),
            answer=BELOW[least],
            hints=[
                "A layer reads what the layers before it give: their changes add to its own.",
                "Compare the layers’ CKA: the lower it is, the less alike their values are.",
            ],
            because="CKA: "
            + ", ".join(f"{BELOW[layer]} {value:.2f}" for layer, value in similar.items())
            + ".",
        ),
        Choice(
            name="moved_most",
            text="Which layer’s weights did fine-tuning change most, for their size?",
            options=list(BELOW.values()),
            answer=BELOW[most],
            hints=[
                "Compare the bars of how far the weights moved.",
                "The higher the bar, the further its weights moved, measured by their own size.",
            ],
            because="‖ΔW‖ / ‖W‖: "
            + ", ".join(f"{BELOW[layer]} {number(value, '.2f')}" for layer, value in moved.items())
            + ".",
        ),
    ]
    if "frozen" in changes and len(changes["frozen"].equal) == len(BELOW):
        asked.append(
            Choice(
                name="twin",
                text=(
                    "The frozen twin under its old head: how many pictures of the old task get another "
                    "answer?"
                ),
                options=["None", "A few", "Most"],
                answer="None",
                hints=[
                    "Which of the weights that this answer is computed from has training moved?",
                    "Follow the answer back from the old head, layer by layer: has any of them learned?",
                ],
                because="Every weight that the answer is computed from is the same, bit for bit.",
            )
        )
    return asked


def shown_code() -> Sequence[Callable]:
    """Functions that measure."""
    from dlviz.training import transfer
    from dlviz.transfer import changes

    return [transfer.put_old_head_back, changes.measure_weight_changes, changes.linear_cka]


def script_files(loaded: Mapping[str, TunedNetwork]) -> ScriptFiles:
    """Weights before and after, in the order in which the script reads them."""
    start = loaded["tuned"].config.start
    after = {
        f"{way}.safetensors": partial(pack_weights, network.model.state_dict())
        for way, network in loaded.items()
    }
    return {**packaged_files(f"{start}.safetensors"), **after}


def script(loaded: Mapping[str, TunedNetwork], pixels: np.ndarray | None) -> str:
    """A script of plain PyTorch that measures the weights, and asks the old head about the picture.

    Args:
        pixels: (28, 28) in [0, 1]; an empty picture in their place.
    """
    from dlviz import weights
    from dlviz.scripts.labs import fine_tuning_script

    start = loaded["tuned"].config.start
    return fine_tuning_script(
        NO_PICTURE if pixels is None else pixels,
        weights.load(start),
        captions.name_classes(*OLD_TASKS[start]),
        " ".join(["python script.py", *script_files(loaded)]),
    )
