"""A stress test of a CNN and a transformer, as a plain PyTorch script."""

import inspect
from collections.abc import Callable, Sequence

from torch import nn

from dlviz.data.shuffling import PATCH
from dlviz.models import DigitTransformer
from dlviz.models.attention import SelfAttention
from dlviz.networks import NETWORKS
from dlviz.race import stress as stresses
from dlviz.scripts.templates import fill

# Functions that another one calls, which a script must have too.
CALLED: dict[Callable, list[Callable]] = {stresses.move_around: [stresses.move]}


def stress_script(stress: str, cnn: nn.Module, transformer: DigitTransformer, files: Sequence[str]) -> str:
    """Write a script that prints the share of some pictures which both networks read at each level.

    It changes the pictures by the very functions that the project uses.

    Args:
        stress: a key of `STRESSES`.
        files: with the weights of the CNN, with those of the transformer, and with `images` (n, 28, 28) uint8
            and `labels` (n,) int64.
    """
    chosen = stresses.STRESSES[stress]
    functions = [*CALLED.get(chosen.change, []), chosen.change]
    (attention, *_) = (layer for layer in transformer.modules() if isinstance(layer, SelfAttention))
    layers, patches = (
        fill(f"networks/{NETWORKS[type(model).__name__].checkpoint_script}", heads=attention.heads).strip()
        for model in (cnn, transformer)
    )
    return fill(
        "stress",
        {
            "files": " ".join(files),
            "change": "\n\n".join(map(inspect.getsource, functions)).strip(),
            "function": chosen.change.__name__,
            "layers": layers,
            "patches": patches,
        },
        levels=chosen.levels,
        patch=PATCH,
        directions=stresses.UP_RIGHT_DOWN_LEFT,
    )
