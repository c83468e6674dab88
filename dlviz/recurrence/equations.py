"""Equations of one recurrent unit with its numbers: its input, its hidden state, and its gates."""

from dataclasses import dataclass

import numpy as np
from torch import nn

from dlviz.recurrence.reading import GATES, Reading, names, recurrent


@dataclass(frozen=True, eq=False)
class Gate:
    """One gate of one unit: value = σ or tanh (from_input + from_hidden + bias), at every step.

    A GRU's candidate is another sum, tanh(from_input + bias + reset_gate · from_hidden): there `from_hidden`
    has the bias of its own, and `bias` is the input's alone.

    Args:
        name: such as "forget_gate".
        from_input: (seq,), W x.
        from_hidden: (seq,), U h with the hidden state of the step before.
        bias: both of PyTorch's biases together.
        value: (seq,).
    """

    name: str
    from_input: np.ndarray
    from_hidden: np.ndarray
    bias: float
    value: np.ndarray


@dataclass(frozen=True, eq=False)
class Terms:
    """Gates of a unit in PyTorch's order, and its states (seq,); a layer without a cell has no `cell`."""

    gates: tuple[Gate, ...]
    hidden: np.ndarray
    cell: np.ndarray | None

    @property
    def cell_before(self) -> np.ndarray | None:
        """Cell state before each step: (seq,) float32; None without a cell."""
        return None if self.cell is None else np.concatenate([[0], self.cell[:-1]]).astype(np.float32)


def terms(model: nn.Module, reading: Reading, layer: str, unit: int) -> Terms:
    """Write out the equations of a unit of an RNN's, LSTM's or GRU's layer.

    Raises: ValueError if the network has no such layer or unit.
    """
    _, layers = recurrent(model)
    if layer not in reading.layers or not 0 <= unit < layers.hidden_size:
        raise ValueError(f"there is no unit {unit} of {layer}")
    index = names(model).index(layer)
    below = reading.x if index == 0 else reading.layers[names(model)[index - 1]]["hidden"]
    values = reading.layers[layer]
    hidden = values["hidden"]
    before = np.concatenate([np.zeros_like(hidden[:1]), hidden[:-1]])
    weights = {
        part: layers.get_parameter(f"{part}_l{index}").detach().numpy()
        for part in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
    }
    gates = []
    for position, name in enumerate(GATES[layers.mode]):
        row = position * layers.hidden_size + unit
        read, carried = below @ weights["weight_ih"][row], before @ weights["weight_hh"][row]
        bias, inner = float(weights["bias_ih"][row]), float(weights["bias_hh"][row])
        if layers.mode == "GRU" and name == "candidate":
            carried = carried + inner
        else:
            bias += inner
        gates.append(Gate(name, read, carried, bias, values[name][:, unit]))
    cell = values["cell"][:, unit] if "cell" in values else None
    return Terms(tuple(gates), hidden[:, unit], cell)
