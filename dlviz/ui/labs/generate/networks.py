"""The network that writes: the one trained for the lab, or that of a training run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from dlviz.ui.labs.generate.state import LAB
from dlviz.ui.runs import weights_choice
from dlviz.ui.server import model_cache

if TYPE_CHECKING:
    from torch import nn

    from dlviz.ui.runs.opening import Opened

FILE = "novel_lstm"
MEASURABLE = 512  # units of all layers: in larger networks the search for one takes too long


@dataclass(frozen=True, eq=False)
class Network:
    """A CharacterLSTM.

    Args:
        made: what made its weights, and how well it does.
        usage: how a script that needs these weights is called.
    """

    model: nn.Module
    made: str
    usage: str

    @property
    def units(self) -> int:
        """How many units its last layer has: these light the text."""
        return self._layers.hidden_size

    @property
    def layers(self) -> int:
        """How many layers lie one above the other."""
        return self._layers.num_layers

    @property
    def measurable(self) -> bool:
        """Whether it is small enough to look for units that follow something."""
        return self.units * self.layers <= MEASURABLE

    @property
    def _layers(self) -> nn.RNNBase:
        from dlviz.recurrence.reading import recurrent

        return recurrent(self.model)[1]


def network() -> Network:
    """The learner's choice.

    Raises: BadWeights if weights are missing or damaged, or the run cannot be shown.
    """
    if weights_choice.shows_run(LAB):
        return _of_run()
    made = f"CharacterLSTM, 512 units, trained on two novels by Jane Austen: {model_cache.result(FILE)}."
    return Network(model_cache.trained(FILE), made, f"python script.py {FILE}.safetensors")


def _of_run() -> Network:
    from dlviz.data.novels import ALPHABET
    from dlviz.weights import BadWeights

    found = weights_choice.opened(LAB)
    alphabet = found.trained.facts.get("alphabet", ALPHABET)
    head = found.trained.model.get_submodule("fc")
    if alphabet != ALPHABET or len(head.get_parameter("bias")) != len(ALPHABET):
        raise BadWeights("This network knows another alphabet than that of the novels.")
    return Network(
        found.trained.model, f"{weights_choice.made(found)}{_bits(found)}", weights_choice.usage(found)
    )


def _bits(found: Opened) -> str:
    """How much a character costs the run's network, where the run has measured it."""
    if (held := weights_choice.measured(found)) is None:
        return ""
    return f" There a character costs it {held.loss / np.log(2):.2f} bits."
