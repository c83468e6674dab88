"""Questions about what was measured, the code behind it, and a script."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

import numpy as np

from dlviz.ui.labs.transfer.what_changed import captions
from dlviz.ui.labs.transfer.what_changed.forward import OLD_TASKS, Change, TunedNetwork
from dlviz.ui.labs.transfer.what_changed.state import BELOW
from dlviz.ui.lesson import Question, ScriptFiles
from dlviz.ui.runs.loaded_network import pack_weights, packaged_files

SCRIPT = "dlviz_fine_tuning.py"
NO_PICTURE = np.zeros((28, 28), np.float32)


def questions(changes: Mapping[str, Change]) -> list[Question]:
    """Questions on what was measured."""
    similar = changes["tuned"].similar
    least = min(similar, key=similar.__getitem__)
    asked = [
        Question(
            "least_alike",
            "For the same test pictures: which layer’s values are least like those before fine-tuning?",
            list(BELOW.values()),
            BELOW[least],
            "A layer reads what the layers before it give: their changes add to its own.",
            "CKA: " + ", ".join(f"{BELOW[layer]} {value:.2f}" for layer, value in similar.items()) + ".",
        )
    ]
    if "frozen" in changes and len(changes["frozen"].equal) == len(BELOW):
        asked.append(
            Question(
                "twin",
                "The frozen twin under its old head: how many pictures of the old task get another answer?",
                ["None", "A few", "Most"],
                "None",
                "Which of the weights that this answer is computed from has training moved?",
                "Every weight that the answer is computed from is the same, bit for bit.",
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
