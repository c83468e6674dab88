"""DigitTransformer as the labs of attention show it: the trained one, or that of a training run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dlviz.ui.runs import weights_choice
from dlviz.ui.server import model_cache

if TYPE_CHECKING:
    from torch import nn

    from dlviz.ui.lab import Lab

FILE = "digit_transformer"
CLASSES = tuple(map(str, range(10)))
# The class token and the 49 patches, each called by its row and column.
TOKENS = ("class", *(f"{row},{column}" for row in range(1, 8) for column in range(1, 8)))


@dataclass(frozen=True, eq=False)
class Network:
    """The network, a line on what made it, what its answers mean, and how its weights' file is named."""

    model: nn.Module
    made: str
    classes: tuple[str, ...]
    file: str

    @property
    def depth(self) -> int:
        """How many blocks it has."""
        return len(self.model.get_submodule("blocks"))  # pyright: ignore[reportArgumentType]


def network(lab: Lab | str) -> Network:
    """The network that the learner has chosen in a lab.

    Raises: BadWeights if its weights are missing or damaged, or the run has none that fit.
    """
    if not weights_choice.shows_run(lab):
        made = f"DigitTransformer, trained on MNIST: {model_cache.result(FILE)}."
        return Network(model_cache.trained(FILE), made, CLASSES, f"{FILE}.safetensors")
    found = weights_choice.opened(lab)
    return Network(
        found.trained.model,
        weights_choice.made(found),
        tuple(found.trained.classes),
        weights_choice.file(found),
    )
