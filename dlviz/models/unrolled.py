"""Recurrent layers step by step: PyTorch's fused `nn.RNN`, `nn.LSTM` and `nn.GRU` hide their gates.

The same weights, unrolled over time, with every gate and state recorded at every step under
`<name>.<layer>.<what>.<step>`, such as `lstm.0.forget_gate.12`; a layer that reads from the end is
`<name>.<layer>_reverse`. Steps count from the sequence's start in both directions.
"""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from dlviz.trace import record

# From what the step reads and from the hidden state, each already multiplied by its weights, and from the
# hidden and the cell state: the next hidden and cell state.
Recorder = Callable[[str, Tensor], Tensor]
Step = Callable[[Tensor, Tensor, Tensor, Tensor, Recorder], tuple[Tensor, Tensor]]


def unroll(layers: nn.RNNBase, x: Tensor, name: str) -> Tensor:
    """What `layers(x)` gives as its output, every inner tensor recorded.

    Args:
        layers: nn.RNN (with tanh), nn.LSTM or nn.GRU, batch first, of any depth, in one or both directions.
        x: (batch, seq, input), with at least one step.
    Returns: (batch, seq, directions · hidden).
    Raises: ValueError for a layer that is none of these, or a sequence without a step.
    """
    if not x.shape[1]:
        raise ValueError("a sequence needs at least one step")
    for index in range(layers.num_layers):
        directions = [_run(layers, x, name, index, "")]
        if layers.bidirectional:
            directions.append(_run(layers, x, name, index, "_reverse"))
        x = torch.cat(directions, dim=2)
        if index < layers.num_layers - 1:
            x = F.dropout(x, layers.dropout, layers.training)
    return x


def _run(layers: nn.RNNBase, x: Tensor, name: str, index: int, direction: str) -> Tensor:
    """One layer in one direction: (batch, seq, hidden)."""
    weight = {kind: _parameter(layers, f"{kind}_l{index}{direction}") for kind in ("weight_ih", "weight_hh")}
    bias_ih, bias_hh = (
        _parameter(layers, f"{kind}_l{index}{direction}") if layers.bias else None
        for kind in ("bias_ih", "bias_hh")
    )
    read = F.linear(x, weight["weight_ih"], bias_ih)  # (batch, seq, gates · hidden)
    hidden = cell = x.new_zeros(len(x), layers.hidden_size)
    outputs: dict[int, Tensor] = {}
    step = _step_of(layers)
    for t in reversed(range(x.shape[1])) if direction else range(x.shape[1]):

        def note(what: str, tensor: Tensor, t: int = t) -> Tensor:
            return record(f"{name}.{index}{direction}.{what}.{t}", tensor)

        carried = F.linear(hidden, weight["weight_hh"], bias_hh)
        hidden, cell = step(read[:, t], carried, hidden, cell, note)
        outputs[t] = hidden
    return torch.stack([outputs[t] for t in range(x.shape[1])], dim=1)


def _parameter(layers: nn.RNNBase, name: str) -> Tensor:
    return layers.get_parameter(name)


def _step_of(layers: nn.RNNBase) -> Step:
    steps: dict[str, Step] = {"RNN_TANH": _rnn_step, "LSTM": _lstm_step, "GRU": _gru_step}
    if layers.mode not in steps:
        raise ValueError(f"a layer of mode {layers.mode} cannot be unrolled")
    return steps[layers.mode]


def _rnn_step(
    read: Tensor, carried: Tensor, hidden: Tensor, cell: Tensor, note: Recorder
) -> tuple[Tensor, Tensor]:
    return note("hidden", torch.tanh(read + carried)), cell


def _lstm_step(
    read: Tensor, carried: Tensor, hidden: Tensor, cell: Tensor, note: Recorder
) -> tuple[Tensor, Tensor]:
    i, f, g, o = (read + carried).chunk(4, dim=1)
    i = note("input_gate", torch.sigmoid(i))
    f = note("forget_gate", torch.sigmoid(f))
    g = note("candidate", torch.tanh(g))
    o = note("output_gate", torch.sigmoid(o))
    cell = note("cell", f * cell + i * g)
    return note("hidden", o * torch.tanh(cell)), cell


def _gru_step(
    read: Tensor, carried: Tensor, hidden: Tensor, cell: Tensor, note: Recorder
) -> tuple[Tensor, Tensor]:
    read_r, read_z, read_n = read.chunk(3, dim=1)
    carried_r, carried_z, carried_n = carried.chunk(3, dim=1)
    r = note("reset_gate", torch.sigmoid(read_r + carried_r))
    z = note("update_gate", torch.sigmoid(read_z + carried_z))
    n = note("candidate", torch.tanh(read_n + r * carried_n))
    return note("hidden", (1 - z) * n + z * hidden), cell
