"""Network of the Text generation lab: the CharacterLSTM trained for it, or that of a training run."""

from dataclasses import dataclass

import numpy as np
from torch import nn

from dlviz.data.novels import ALPHABET
from dlviz.recurrence.reading import recurrent
from dlviz.ui.labs.generate.state import LAB, State
from dlviz.ui.runs import opening, weights_choice
from dlviz.ui.runs.loaded_network import LoadedNetwork
from dlviz.ui.server import model_cache
from dlviz.weights import BadWeights

FILE = "novel_lstm"
MEASURABLE = 512  # units of all layers: in larger networks the search for one takes too long


@dataclass(frozen=True, eq=False)
class CharacterNetwork(LoadedNetwork):
    """A CharacterLSTM.

    Args:
        held_out: bits that a character of the held-out chapters costs it; None for a run’s.
    """

    held_out: float | None = None

    @property
    def units(self) -> int:
        """Number of units of its last layer: these light the text."""
        return self._lstm.hidden_size

    @property
    def layers(self) -> int:
        """Number of layers, one above the other."""
        return self._lstm.num_layers

    @property
    def measurable(self) -> bool:
        """True if it is small enough to look for units that follow something."""
        return self.units * self.layers <= MEASURABLE

    @property
    def _lstm(self) -> nn.RNNBase:
        return recurrent(self.model)[1]


def load_network(state: State) -> CharacterNetwork:
    """The network that is chosen.

    Raises: BadWeights if weights are missing or damaged, or the run cannot be shown.
    """
    if state.weights == "run":
        return _load_run_network(state.run)
    provenance = (
        f"CharacterLSTM, 512 units, trained on two novels by Jane Austen: {model_cache.result(FILE)}."
    )
    return CharacterNetwork(
        model_cache.trained(FILE),
        provenance,
        weights_file=f"{FILE}.safetensors",
        held_out=model_cache.measured(FILE)["bits_per_character"]["held_out"],
    )


def _load_run_network(run: str) -> CharacterNetwork:
    found = opening.open_run(run, str(LAB))
    alphabet = found.checkpoint.facts.get("alphabet", ALPHABET)
    head = found.checkpoint.model.get_submodule("fc")
    if alphabet != ALPHABET or len(head.get_parameter("bias")) != len(ALPHABET):
        raise BadWeights("This network knows another alphabet than that of the novels.")
    provenance = weights_choice.describe(found)
    if held := weights_choice.measurement(found):
        provenance += f" There a character costs it {held.loss / np.log(2):.2f} bits."
    return CharacterNetwork(
        found.checkpoint.model, provenance, weights_file=weights_choice.weights_file(found), from_run=True
    )
