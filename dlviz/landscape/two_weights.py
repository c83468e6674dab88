"""The exact loss over two weights of a linear layer, all others as they are, and optimizers' ways in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn, optim

Loss = Callable[[Tensor], Tensor]
SIDE = 33  # values of each weight
# As PyTorch has them: of momentum, of RMSprop, and of Adam and AdamW.
MOMENTUM, SMOOTHING, BETAS, EPSILON, DECAY = 0.9, 0.99, (0.9, 0.999), 1e-8, 0.01


@dataclass(frozen=True)
class Weight:
    """A weight of a linear layer: from an input to a unit, both counted from 0."""

    unit: int
    input: int


class TwoWeights:
    """The mean loss of a network on examples, as a function of two weights of one of its linear layers.

    What comes before the layer is computed once, and of the layer itself the sums of two units alone are
    computed again. No other weight learns.

    Args:
        network: a chain of layers, in evaluation mode.
        layer: place of an `nn.Linear` in the chain.
        chosen: two weights, not the same.
        inputs: (count, ...) of the network.
        measure: mean loss of the network's output (count, ...).
    Attributes:
        values: (2,) of the two weights in the network.
        sums: (count, units) of the layer with these.
        inputs: (2, count) that the two weights multiply.
        after: layers that follow.
    """

    def __init__(
        self,
        network: Sequence[nn.Module],
        layer: int,
        chosen: tuple[Weight, Weight],
        inputs: Tensor,
        measure: Loss,
    ) -> None:
        linear = network[layer]
        if not isinstance(linear, nn.Linear):
            raise TypeError(f"layer {layer} is no linear layer")
        self.chosen, self.measure = chosen, measure
        self.after = list(network[layer + 1 :])
        with torch.no_grad():
            for module in network[:layer]:
                inputs = module(inputs)
            self.sums = linear(inputs)  # (count, units)
            self.values = torch.stack([linear.weight[each.unit, each.input] for each in chosen])
        self.inputs = torch.stack([inputs[:, each.input] for each in chosen])  # (2, count)

    def loss(self, values: Tensor) -> Tensor:
        """Compute the mean loss with other values (2,) of the two weights; gradients flow back to them."""
        moved = (values - self.values)[:, None] * self.inputs  # (2, count)
        sums = self.sums.clone() if values.requires_grad else self.sums.detach().clone()
        for weight, change in zip(self.chosen, moved, strict=True):
            sums[:, weight.unit] = sums[:, weight.unit] + change
        for module in self.after:
            sums = module(sums)
        return self.measure(sums)


def measure_surface(
    losses: TwoWeights, middle: np.ndarray, reach: float, side: int = SIDE
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Measure the loss over a square of values of the two weights.

    Args:
        middle: (2,) values in its middle.
        reach: how far it goes to each side of that.
    Returns: (side,) values of the first weight, (side,) of the second, and (side, side) losses: one row for
        each value of the second.
    """
    along = np.linspace(-reach, reach, side)
    first, second = middle[0] + along, middle[1] + along
    with torch.no_grad():
        measured = [
            [float(losses.loss(torch.tensor([one, other], dtype=torch.float32))) for one in first]
            for other in second
        ]
    return first, second, np.array(measured)


# How each optimizer is made, as PyTorch has it, for two weights and a learning rate.
OPTIMIZERS: Mapping[str, Callable[[list[Tensor], float], optim.Optimizer]] = {
    "SGD": lambda weights, rate: optim.SGD(weights, lr=rate),
    "Momentum": lambda weights, rate: optim.SGD(weights, lr=rate, momentum=MOMENTUM),
    "RMSprop": lambda weights, rate: optim.RMSprop(weights, lr=rate),
    "Adam": lambda weights, rate: optim.Adam(weights, lr=rate),
    "AdamW": lambda weights, rate: optim.AdamW(weights, lr=rate),
}


@dataclass(frozen=True, eq=False)
class Walk:
    """An optimizer's way, from its start.

    Args:
        values: (steps + 1, 2) of the two weights; it ends early where they are no numbers any more.
        losses: (steps + 1,) there.
        gradients: (steps, 2) that each step has followed.
        memory: of each step, what the optimizer remembered after it: name -> (2,).
    """

    values: np.ndarray
    losses: np.ndarray
    gradients: np.ndarray
    memory: tuple[Mapping[str, np.ndarray], ...]


def walk(losses: TwoWeights, start: np.ndarray, optimizer: str, rate: float, steps: int) -> Walk:
    """Let an optimizer take steps with the true gradients; the two weights alone learn.

    Args:
        start: (2,) values of the two weights.
        optimizer: a key of `OPTIMIZERS`.
    """
    weights = torch.tensor(np.asarray(start, np.float32), requires_grad=True)
    moving = OPTIMIZERS[optimizer]([weights], rate)
    values, reached, gradients, memory = [weights.detach().numpy().copy()], [], [], []
    for _ in range(steps):
        moving.zero_grad()
        loss = losses.loss(weights)
        if not torch.isfinite(loss):
            break
        loss.backward()
        assert weights.grad is not None
        reached.append(float(loss.detach()))
        gradients.append(weights.grad.numpy().copy())
        moving.step()
        values.append(weights.detach().numpy().copy())
        kept = moving.state[weights]
        memory.append(
            {name: each.numpy().copy() for name, each in kept.items() if each is not None and each.ndim}
        )
    with torch.no_grad():
        reached.append(float(losses.loss(weights)))
    return Walk(np.array(values), np.array(reached), np.array(gradients).reshape(-1, 2), tuple(memory))


def curvatures(network: Sequence[nn.Module], layer: int, inputs: Tensor, measure: Loss) -> np.ndarray:
    """Estimate how strongly the loss bends along each weight (units, inputs) of a linear layer.

    The mean over the examples of the squared gradient of each example's loss, the diagonal of the empirical
    Fisher matrix.

    Args: as of `TwoWeights`; `measure` must be a mean over the examples.
    """
    linear = network[layer]
    assert isinstance(linear, nn.Linear)
    with torch.no_grad():
        for module in network[:layer]:
            inputs = module(inputs)
    sums = linear(inputs).detach().requires_grad_()
    made = sums
    for module in network[layer + 1 :]:
        made = module(made)
    # The gradient of the mean is one part in so many of each example's own.
    (errors,) = torch.autograd.grad(measure(made) * len(inputs), sums)
    return (errors.square().T @ inputs.square() / len(inputs)).numpy()


@dataclass(frozen=True)
class Step:
    """One step of an optimizer for one weight, worked out by its formula.

    Args:
        before, gradient: of the weight.
        first, second: running means by which it moves, corrected where the optimizer does so; the first is
            the gradient itself where there is none, the second 1.
        after: value of the weight.
    """

    before: float
    gradient: float
    first: float
    second: float
    after: float


def work_out(taken: Walk, optimizer: str, step: int, rate: float, weight: int) -> Step:
    """Work out a step by the optimizer's formula, from what it remembered.

    Args:
        step: from 0.
        weight: 0 or 1.
    """
    before, gradient = float(taken.values[step][weight]), float(taken.gradients[step][weight])
    kept = {name: float(values[weight]) for name, values in taken.memory[step].items()}
    first, second, shrunk = gradient, 1.0, before
    match optimizer:
        case "Momentum":
            first = kept["momentum_buffer"]
        case "RMSprop":
            second = kept["square_avg"]
        case "Adam" | "AdamW":
            first = kept["exp_avg"] / (1 - BETAS[0] ** (step + 1))
            second = kept["exp_avg_sq"] / (1 - BETAS[1] ** (step + 1))
            shrunk = before * (1 - rate * DECAY) if optimizer == "AdamW" else before
    divided = first if optimizer in ("SGD", "Momentum") else first / (second**0.5 + EPSILON)
    return Step(before, gradient, first, second, shrunk - rate * divided)
