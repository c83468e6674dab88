"""A saw-tooth on a line, and networks with as many weights, deep or of one layer, that are to draw it.

The tent map folds the line from 0 to 1 once; two units with ReLU compute it. Each layer that follows folds
what is folded already, so `depth` layers of two units draw 2 ** (depth − 1) teeth exactly.
Source: Telgarsky 2016, "Benefits of depth in neural networks".
"""

import numpy as np
import torch
from torch import Tensor, nn

from dlviz.plane.networks import draw_layers

DEPTHS = (1, 2, 3, 4, 5, 6)
POINTS = 257  # of the line: with the ends, so that every tip and every valley is one of them


def count_teeth(depth: int) -> int:
    """Count the teeth that as many layers of two units can draw."""
    return 2 ** (depth - 1)


def draw_sawtooth(depth: int, x: np.ndarray) -> np.ndarray:
    """Draw the teeth of `depth` tent maps, one after the other, at places x of any shape in [0, 1]."""
    for _ in range(depth):
        x = 1 - np.abs(2 * x - 1)
    return x


def choose_shapes(depth: int, budget: int | None = None) -> dict[str, tuple[int, int]]:
    """Choose depth and width of the deep network and of the one layer.

    Args:
        budget: of weights and biases; by default as few as draw the teeth of `depth` layers: 6 · depth + 1.
    """
    if budget is None:
        return {"deep": (depth, 2), "wide": (1, 2 * depth)}
    return {"deep": (depth, _choose_width(depth, budget)), "wide": (1, _choose_width(1, budget))}


def _choose_width(depth: int, budget: int) -> int:
    return next(width for width in range(budget, 0, -1) if count_weights(depth, width) <= budget)


def count_weights(depth: int, width: int) -> int:
    """Count all weights and biases from one input through `depth` hidden layers to one output."""
    return 2 * width + (depth - 1) * (width + 1) * width + (width + 1)


def make_line_network(depth: int, width: int) -> nn.Sequential:
    """Make a network with ReLU from a place on the line to a height."""
    layers: list[nn.Module] = []
    for inputs in [1, *[width] * (depth - 1)]:
        layers += [nn.Linear(inputs, width), nn.ReLU()]
    return nn.Sequential(*layers, nn.Linear(width, 1))


@torch.no_grad()
def set_tents(depth: int) -> nn.Sequential:
    """Set the weights of a network by hand, so that it draws the saw-tooth of `depth` tent maps exactly.

    Of each layer the two units compute relu(2 t) and relu(4 t − 2), whose difference is the tent of t.
    """
    network = make_line_network(depth, 2)
    linear = [layer for layer in network if isinstance(layer, nn.Linear)]
    tent = torch.tensor([[1.0, -1.0]])
    for place, layer in enumerate(linear[:-1]):
        fold = torch.tensor([[2.0], [4.0]])
        layer.weight.copy_(fold @ tent if place else fold)
        layer.bias.copy_(torch.tensor([0.0, -2.0]))
    linear[-1].weight.copy_(tent)
    linear[-1].bias.zero_()
    return network


@torch.no_grad()
def set_one_layer(depth: int) -> nn.Sequential:
    """Set the weights of one layer with 2 · depth units by hand, so that it draws as many teeth as it can.

    A unit turns the line at one place. Two layers of tents have no more turns than that; of more, the layer
    draws the first `depth` − 1 teeth and stays at the middle from there on.
    """
    network = make_line_network(1, 2 * depth)
    pieces = 2**depth
    slope = float(pieces)
    if pieces <= 2 * depth:
        turns = np.arange(pieces) / pieces
        jumps = np.where(np.arange(pieces) % 2, -2 * slope, 2 * slope)
        jumps[0] = slope
    else:
        whole = 2 * (depth - 1)
        turns = np.append(np.arange(whole + 1), whole + 0.5) / pieces
        jumps = np.where(np.arange(whole + 2) % 2, -2 * slope, 2 * slope)
        jumps[0], jumps[-1] = slope, -slope
    first, last = [layer for layer in network if isinstance(layer, nn.Linear)]
    for each in network.parameters():
        each.zero_()
    first.weight.fill_(1)
    first.bias[: len(turns)] = -torch.from_numpy(turns).float()
    last.weight[0, : len(jumps)] = torch.from_numpy(jumps).float()
    return network


class LineNetworks(nn.Module):
    """Networks of one shape over the line, from several seeds, that learn side by side.

    They read it as lying between −1 and 1: first weights turn it everywhere then, and more seeds learn.

    Args:
        learning_rate: of Adam.
    """

    def __init__(self, depth: int, width: int, seeds: int, learning_rate: float = 0.01) -> None:
        super().__init__()
        drawn = [draw_layers(depth, width, seed, coordinates=1) for seed in range(seeds)]
        stacks = [*zip(*drawn, strict=True)]
        self.weights = nn.ParameterList([torch.stack([weight.T for weight, _ in same]) for same in stacks])
        self.biases = nn.ParameterList([torch.stack([bias[None] for _, bias in same]) for same in stacks])
        self.optimizer = torch.optim.Adam(self.parameters(), learning_rate, foreach=True)
        self.steps = 0

    def forward(self, x: Tensor) -> Tensor:
        """Compute heights (seeds, points) at places (points,)."""
        y = (2 * x - 1)[None, :, None].expand(len(self.weights[0]), -1, -1)
        for place, (weight, bias) in enumerate(zip(self.weights, self.biases, strict=True)):
            y = torch.baddbmm(bias, y.relu() if place else y, weight)
        return y[..., 0]

    def step(self, x: Tensor, heights: Tensor) -> Tensor:
        """Take one step of Adam towards heights (points,) at places (points,).

        Returns: (seeds,) the mean squared errors before it.
        """
        self.optimizer.zero_grad()
        errors = (self(x) - heights).square().mean(1)
        errors.sum().backward()
        self.optimizer.step()
        self.steps += 1
        return errors.detach()
