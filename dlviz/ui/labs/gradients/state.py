"""State of the Gradients lab: the sequence, the networks' weights, and what is changed in them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dlviz.ui import fields
from dlviz.ui.lab import Lab

WEIGHTS = {"untrained": "Untrained", "trained": "Trained"}
TRAINED_UNITS = 64  # of each network that was trained on the memory task
# What stands in the address and on the control -> the number that it stands for.
HIDDEN = {str(units): units for units in (16, 32, 64, 128)}
BIASES = {"as it is": None, **{f"{half / 2:g}": half / 2 for half in range(11)}}
DELAYS = {str(delay): delay for delay in (20, 50)}
GAINS = {f"{half / 2:g}": half / 2 for half in range(2, 9)}


def option_text(options: Mapping[str, Any], value: object) -> str:
    """The text that stands for one of a control's numbers.

    Raises: KeyError if it is none of them.
    """
    return {number: text for text, number in options.items()}[value]


def _one_of(options: Mapping[str, Any], default: str) -> Any:
    def read(text: str) -> Any:
        if text not in options:
            raise ValueError(text)
        return options[text]

    return fields.coded(options[default], read, lambda value: option_text(options, value))


@dataclass(frozen=True)
class State:
    """Choices of a learner.

    Args:
        steps: of the sequence, a symbol and the noise after it.
        weights: "untrained" or "trained".
        hidden: units of each untrained network.
        seed: of the sequence and of random weights.
        bias: of the LSTM's forget gates; None leaves it as it is.
        gain: by which the RNN's recurrent weights are multiplied.
        delay: steps of noise of the sequences that LSTMs are trained on.
    """

    steps: int = fields.integer(2, 200, 100)
    weights: str = fields.choice(WEIGHTS, "untrained")
    hidden: int = _one_of(HIDDEN, "64")
    seed: int = fields.integer(0, 9999, 0)
    bias: float | None = _one_of(BIASES, "as it is")
    gain: float = _one_of(GAINS, "1")
    delay: int = _one_of(DELAYS, "20")


LAB = Lab("gradients", State)
