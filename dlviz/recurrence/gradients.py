"""Gradients back through time, in an RNN, an LSTM and a GRU.

In double precision, so that the smallest gradients are told from 0.

Source: Pascanu, Mikolov and Bengio 2013, "On the Difficulty of Training Recurrent Neural Networks",
section 2.1.
"""

from copy import deepcopy
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torch.func import jacrev, vmap
from torch.nn import functional as F

from dlviz import weights
from dlviz.data import memory
from dlviz.models.unrolled import STEPS
from dlviz.recurrence.reading import names, recurrent
from dlviz.trace import recording

SYMBOLS = len(memory.SYMBOLS)
CLASSES = {"RNN": "SimpleRNN", "LSTM": "LSTMModel", "GRU": "GRUModel"}
LOOKED_AT = 24  # steps, evenly spread, whose Jacobian is decomposed
EVERY = (
    4  # of them one in so many gets its eigenvalues too: they cost three times the singular values (measured)
)


@dataclass(frozen=True, eq=False)
class Flow:
    """Gradient of the loss as it arrives at each step.

    Args:
        loss: cross-entropy in nats of naming the target.
        hidden: (steps,) ‖∂L/∂h_t‖, of the last layer, through all that comes after the step.
        cell: (steps,) ‖∂L/∂c_t‖ of an LSTM; None for the others.
        steps: (sampled,) int64, the steps that `stretch` belongs to.
        stretch: (sampled,), the largest singular value of ∂s_t/∂s_(t−1); s is h, and for an LSTM h and c
            together.
        radius: the median spectral radius of those Jacobians, at one in `EVERY` of the steps: the factor by
            which many equal steps would multiply a gradient in the end.
        open: the mean of an LSTM's forget gates over all units and steps; None for the others.
    """

    loss: float
    hidden: np.ndarray
    cell: np.ndarray | None
    steps: np.ndarray
    stretch: np.ndarray
    radius: float
    open: float | None


def untrained(kind: str, hidden_size: int, seed: int) -> nn.Module:
    """Build a network for the memory task with PyTorch's own initial weights: kind is RNN, LSTM or GRU."""
    sizes: dict[str, object] = {"input_size": SYMBOLS, "hidden_size": hidden_size, "output_size": SYMBOLS}
    return weights.build(CLASSES[kind], sizes | ({"num_layers": 1} if kind == "LSTM" else {}), seed)


def with_forget_bias(model: nn.Module, bias: float) -> nn.Module:
    """Copy an LSTM's network, and give its forget gates this bias, PyTorch's two biases together."""
    copy = deepcopy(model)
    _, layers = recurrent(copy)
    with torch.no_grad():
        for name, parameter in layers.named_parameters():
            if name.startswith("bias"):
                parameter.chunk(4)[1].fill_(bias if name.startswith("bias_ih") else 0.0)
    return copy


def with_gain(model: nn.Module, gain: float) -> nn.Module:
    """Copy a network, and multiply its recurrent weights by a factor."""
    copy = deepcopy(model)
    _, layers = recurrent(copy)
    with torch.no_grad():
        for name, parameter in layers.named_parameters():
            if name.startswith("weight_hh"):
                parameter.mul_(gain)
    return copy


def flow(model: nn.Module, x: Tensor, target: int) -> Flow:
    """Gradients of the cross-entropy of naming the target after a sequence x (1, steps, input) float32."""
    model, x = deepcopy(model).double().eval(), x.double()
    layer = names(model)[-1]
    with torch.enable_grad(), recording() as kept:
        loss = F.cross_entropy(model(x), torch.tensor([target]))
    hidden = [kept[f"{layer}.hidden.{step}"] for step in range(x.shape[1])]
    cell = [kept[f"{layer}.cell.{step}"] for step in range(x.shape[1]) if f"{layer}.cell.0" in kept]
    found = torch.stack([each[0] for each in torch.autograd.grad(loss, hidden + cell)]).norm(dim=1).numpy()
    steps = np.unique(np.linspace(1, x.shape[1] - 1, LOOKED_AT).round().astype(int))
    states = torch.cat([torch.cat(part) for part in ([hidden, cell] if cell else [hidden])], dim=1).detach()
    jacobians = _jacobians(model, x, states, steps)
    stretch = torch.linalg.matrix_norm(jacobians, ord=2).numpy()
    radius = torch.linalg.eigvals(jacobians[::EVERY]).abs().amax(dim=1)
    gates = [tensor.detach() for name, tensor in kept.items() if name.startswith(f"{layer}.forget_gate.")]
    opened = float(torch.stack(gates).mean()) if gates else None
    return Flow(
        loss=loss.item(),
        hidden=found[: len(hidden)],
        cell=found[len(hidden) :] if cell else None,
        steps=steps,
        stretch=stretch,
        radius=float(np.median(radius.numpy())),
        open=opened,
    )


def _jacobians(model: nn.Module, x: Tensor, states: Tensor, steps: np.ndarray) -> Tensor:
    """Jacobians (sampled, state, state) of these steps; states are (steps, hidden or hidden + cell)."""
    _, layers = recurrent(model)
    w_ih, w_hh = layers.get_parameter("weight_ih_l0"), layers.get_parameter("weight_hh_l0")
    b_ih, b_hh = layers.get_parameter("bias_ih_l0"), layers.get_parameter("bias_hh_l0")
    step_of = STEPS[layers.mode]

    def step(state: Tensor, read: Tensor) -> Tensor:
        hidden, before = state[: layers.hidden_size], state[layers.hidden_size :]
        cells: list[Tensor] = []

        def keep(forget: Tensor, new: Tensor) -> Tensor:
            cells.append(forget * before + new)
            return cells[-1]

        after = step_of(
            F.linear(read, w_ih, b_ih), F.linear(hidden, w_hh, b_hh), hidden, keep, lambda _, tensor: tensor
        )
        return torch.cat([after, *cells])

    with torch.no_grad():
        return vmap(jacrev(step))(states[steps - 1], x[0, steps])
