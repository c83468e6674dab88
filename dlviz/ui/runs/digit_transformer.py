"""DigitTransformer as the labs of attention show it: the trained one, or that of a training run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dlviz.ui.runs import weights_choice
from dlviz.ui.runs.loaded_network import LoadedNetwork
from dlviz.ui.server import model_cache

if TYPE_CHECKING:
    from torch import nn

    from dlviz.ui.lab import Lab

FILE = "digit_transformer"
CLASSES = tuple(map(str, range(10)))
# The class token and the 49 patches, each called by its row and column.
TOKENS = ("class", *(f"{row},{column}" for row in range(1, 8) for column in range(1, 8)))


def load_network(lab: Lab, weights: str, run: str) -> LoadedNetwork:
    """The network that the learner has chosen in a lab.

    Args:
        weights: `run` for the network of a training run.
        run: its id.

    Raises: BadWeights if its weights are missing or damaged, or the run has none that fit.
    """
    if weights == "run":
        return weights_choice.load_run_network(lab, run)
    return load_trained()


def load_trained() -> LoadedNetwork:
    """The trained network.

    Raises: BadWeights if its weights are missing or damaged.
    """
    provenance = f"DigitTransformer, trained on MNIST: {model_cache.result(FILE)}."
    return LoadedNetwork(model_cache.trained(FILE), provenance, CLASSES, f"{FILE}.safetensors")


def count_blocks(model: nn.Module) -> int:
    """The number of blocks of a DigitTransformer."""
    return len(model.get_submodule("blocks"))  # pyright: ignore[reportArgumentType]
