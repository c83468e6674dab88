"""Recurrent layers step by step: PyTorch's fused `nn.RNN`, `nn.LSTM` and `nn.GRU` hide their gates.

The same weights, unrolled over time, with every gate and state recorded at every step under
`<name>.<layer>.<what>.<step>`, such as `lstm.0.forget_gate.12`; a layer that reads from the end is
`<name>.<layer>_reverse`. Steps count from the sequence's start in both directions.

A layer runs one step after the other where something is edited on the way, or where gradients with respect
to what lies inside are wanted. Else the fused layer gives its hidden states, and from these all gates follow
at once.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from dlviz.trace import is_edited, record, record_steps

Recorder = Callable[[str, Tensor], Tensor]
# From the forget gate and what is new: the cell state.
Keep = Callable[[Tensor, Tensor], Tensor]
# From what is read and from the hidden state before, each already multiplied by its weights, and from that
# hidden state itself: the hidden state. All are (batch, …), or (batch, seq, …) for all steps at once.
Step = Callable[[Tensor, Tensor, Tensor, Keep, Recorder], Tensor]


def over_time(record: Mapping[str, np.ndarray], name: str) -> np.ndarray:
    """Stack the arrays that a trace kept under `<name>.0`, `<name>.1`, …: (batch, seq, hidden).

    Args:
        record: step by step, each (batch, hidden).
        name: such as `lstm.0.cell`.

    Raises: KeyError if there is nothing of that name.
    """
    steps = [record[f"{name}.0"]]
    while (following := f"{name}.{len(steps)}") in record:
        steps.append(record[following])
    return np.stack(steps, axis=1)


@dataclass(frozen=True)
class _Layer:
    """One layer in one direction: its record's name, and its weights in PyTorch's order of gates."""

    name: str
    mode: str
    backwards: bool
    weight_ih: Tensor
    weight_hh: Tensor
    bias_ih: Tensor | None
    bias_hh: Tensor | None

    @property
    def hidden_size(self) -> int:
        return self.weight_hh.shape[1]

    def read(self, x: Tensor) -> Tensor:
        return F.linear(x, self.weight_ih, self.bias_ih)

    def carry(self, hidden: Tensor) -> Tensor:
        return F.linear(hidden, self.weight_hh, self.bias_hh)


def unroll(layers: nn.RNNBase, x: Tensor, name: str) -> Tensor:
    """Run recurrent layers as `layers(x)` does, and record every inner tensor.

    Args:
        layers: nn.RNN (with tanh), nn.LSTM or nn.GRU, batch first, of any depth, in one or both directions.
        x: (batch, seq, input), with at least one step.
    Returns: hidden states (batch, seq, directions · hidden).
    Raises: ValueError for a layer that is none of these, or a sequence without a step.
    """
    if not x.shape[1]:
        raise ValueError("a sequence needs at least one step")
    if layers.mode not in STEPS:
        raise ValueError(f"a layer of mode {layers.mode} cannot be unrolled")
    for index in range(layers.num_layers):
        directions = ["", "_reverse"] if layers.bidirectional else [""]
        x = torch.cat([_run(_layer(layers, name, index, way), x) for way in directions], dim=2)
        if index < layers.num_layers - 1:
            x = F.dropout(x, layers.dropout, layers.training)
    return x


def read_fused(layers: nn.RNNBase, x: Tensor, layer: int) -> Tensor:
    """Hidden states (batch, seq, hidden) of a layer, counted from 0, by PyTorch's own fast layers.

    Args:
        layers: as of `unroll`, in one direction.
        x: (batch, seq, input).
    """
    for at in range(layer + 1):
        x = _fused(_layer(layers, "", at, ""), x)
    return x


def _layer(layers: nn.RNNBase, name: str, index: int, way: str) -> _Layer:
    weights = (layers.get_parameter(f"weight_{part}_l{index}{way}") for part in ("ih", "hh"))
    biases = (
        layers.get_parameter(f"bias_{part}_l{index}{way}") if layers.bias else None for part in ("ih", "hh")
    )
    return _Layer(f"{name}.{index}{way}", layers.mode, bool(way), *weights, *biases)


def _run(layer: _Layer, x: Tensor) -> Tensor:
    """Hidden states of one layer: (batch, seq, hidden)."""
    if torch.is_grad_enabled() or is_edited(f"{layer.name}."):
        return _step_by_step(layer, x)
    return _at_once(layer, x)


def _step_by_step(layer: _Layer, x: Tensor) -> Tensor:
    read, step = layer.read(x).unbind(1), STEPS[layer.mode]
    hidden = cell = x.new_zeros(len(x), layer.hidden_size)
    outputs: dict[int, Tensor] = {}

    def keep(forget: Tensor, new: Tensor) -> Tensor:
        return forget * cell + new

    def note(what: str, tensor: Tensor) -> Tensor:
        nonlocal cell
        tensor = record(f"{layer.name}.{what}.{t}", tensor)
        if what == "cell":
            cell = tensor
        return tensor

    for t in reversed(range(len(read))) if layer.backwards else range(len(read)):
        hidden = outputs[t] = step(read[t], layer.carry(hidden), hidden, keep, note)
    return torch.stack([outputs[t] for t in range(len(read))], dim=1)


def _at_once(layer: _Layer, x: Tensor) -> Tensor:
    def turned(tensor: Tensor) -> Tensor:
        return tensor.flip(1) if layer.backwards else tensor

    def note(what: str, tensor: Tensor) -> Tensor:
        record_steps(f"{layer.name}.{what}", turned(tensor))
        return tensor

    x = turned(x)
    before = F.pad(_fused(layer, x)[:, :-1], (0, 0, 1, 0))  # the hidden state before each step
    return turned(STEPS[layer.mode](layer.read(x), layer.carry(before), before, _keep_all, note))


def _fused(layer: _Layer, x: Tensor) -> Tensor:
    """Hidden states (batch, seq, hidden) by PyTorch's own fast layer."""
    weights = [w for w in (layer.weight_ih, layer.weight_hh, layer.bias_ih, layer.bias_hh) if w is not None]
    zeros = x.new_zeros(1, len(x), layer.hidden_size)
    # Has biases, one layer, no dropout, not in training, one direction, batch first.
    options = (layer.bias_ih is not None, 1, 0.0, False, False, True)
    if layer.mode == "LSTM":
        return torch.lstm(x, (zeros, zeros), weights, *options)[0]
    run = torch.gru if layer.mode == "GRU" else torch.rnn_tanh
    return run(x, zeros, weights, *options)[0]


def _keep_all(forget: Tensor, new: Tensor) -> Tensor:
    """Cell states (batch, seq, hidden) of all steps."""
    cells = [new[:, 0]]
    for f, added in zip(forget.unbind(1)[1:], new.unbind(1)[1:], strict=True):
        cells.append(torch.addcmul(added, f, cells[-1]))
    return torch.stack(cells, dim=1)


def _rnn_step(read: Tensor, carried: Tensor, hidden: Tensor, keep: Keep, note: Recorder) -> Tensor:
    return note("hidden", torch.tanh(read + carried))


def _lstm_step(read: Tensor, carried: Tensor, hidden: Tensor, keep: Keep, note: Recorder) -> Tensor:
    i, f, g, o = (read + carried).chunk(4, dim=-1)
    i = note("input_gate", torch.sigmoid(i))
    f = note("forget_gate", torch.sigmoid(f))
    g = note("candidate", torch.tanh(g))
    o = note("output_gate", torch.sigmoid(o))
    cell = note("cell", keep(f, i * g))
    return note("hidden", o * torch.tanh(cell))


def _gru_step(read: Tensor, carried: Tensor, hidden: Tensor, keep: Keep, note: Recorder) -> Tensor:
    read_r, read_z, read_n = read.chunk(3, dim=-1)
    carried_r, carried_z, carried_n = carried.chunk(3, dim=-1)
    r = note("reset_gate", torch.sigmoid(read_r + carried_r))
    z = note("update_gate", torch.sigmoid(read_z + carried_z))
    n = note("candidate", torch.tanh(read_n + r * carried_n))
    return note("hidden", (1 - z) * n + z * hidden)


STEPS: dict[str, Step] = {"RNN_TANH": _rnn_step, "LSTM": _lstm_step, "GRU": _gru_step}
