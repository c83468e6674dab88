"""A sequence read by a recurrent network: every gate and state of every step, and the answer at each."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from dlviz.models.unrolled import over_time
from dlviz.trace import Edit, trace

GATES = {
    "RNN_TANH": ("hidden",),
    "LSTM": ("input_gate", "forget_gate", "candidate", "output_gate"),
    "GRU": ("reset_gate", "update_gate", "candidate"),
}
STATES = {"RNN_TANH": ("hidden",), "LSTM": ("cell", "hidden"), "GRU": ("hidden",)}


@dataclass(frozen=True, eq=False)
class Reading:
    """Values computed at each step.

    Args:
        x: (seq, input) float32, the sequence.
        layers: layer, such as "lstm.0", -> gate or state, such as "forget_gate" -> (seq, hidden).
        answers: (seq, output), the head applied to every hidden state of the last layer: the network's
            answer if the sequence stopped there. The last row is the network's output.
    """

    x: np.ndarray
    layers: dict[str, dict[str, np.ndarray]]
    answers: np.ndarray


def recurrent(model: nn.Module) -> tuple[str, nn.RNNBase]:
    """Name and module of a network's recurrent layers.

    Raises: ValueError if it has none.
    """
    for name in ("rnn", "lstm", "gru"):
        if isinstance(layers := getattr(model, name, None), nn.RNNBase):
            return name, layers
    raise ValueError(f"{type(model).__name__} has no recurrent layers")


def names(model: nn.Module) -> list[str]:
    """Names of the layers, from the input upwards."""
    name, layers = recurrent(model)
    return [f"{name}.{index}" for index in range(layers.num_layers)]


def read(model: nn.Module, x: Tensor, edits: Mapping[str, Edit] | None = None) -> Reading:
    """Read a sequence x (1, seq, input) float32 by a SimpleRNN, LSTMModel or GRUModel.

    Args:
        edits: of the trace, such as `interventions` makes them.
    """
    _, record = trace(model, x, edits)
    mode = recurrent(model)[1].mode
    kinds = dict.fromkeys((*GATES[mode], *STATES[mode]))
    layers = {
        layer: {kind: over_time(record, f"{layer}.{kind}")[0] for kind in kinds} for layer in names(model)
    }
    with torch.inference_mode():
        last = torch.from_numpy(layers[names(model)[-1]]["hidden"])
        answers = model.get_submodule("fc")(last).numpy()
    return Reading(x[0].numpy(force=True), layers, answers)
