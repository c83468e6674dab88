"""A saw-tooth on a line, and networks with as many weights, deep or of one layer, that are to draw it.

The tent map folds the line from 0 to 1 once; two units with ReLU compute it. Each layer that follows folds what
is folded already, so `depth` layers of two units draw 2 ** (depth − 1) teeth exactly.
Source: Telgarsky 2016, "Benefits of depth in neural networks".
"""

import numpy as np
import torch
from torch import Tensor, nn

DEPTHS = (1, 2, 3, 4, 5, 6)
POINTS = 513  # of the line: with the ends, so that every tip and every valley of up to 64 teeth is one of them


def count_teeth(depth: int) -> int:
    """Count the teeth that as many layers of two units can draw."""
    return 2 ** (depth - 1)


def draw_sawtooth(depth: int, x: np.ndarray) -> np.ndarray:
    """Draw the teeth of `depth` tent maps, one after the other, at places x of any shape in [0, 1]."""
    for _ in range(depth):
        x = 1 - np.abs(2 * x - 1)
    return x


def choose_shapes(depth: int) -> dict[str, tuple[int, int]]:
    """Depth and width of the deep network and of the one layer: both have 6 · depth + 1 weights and biases."""
    return {"deep": (depth, 2), "wide": (1, 2 * depth)}


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


class LineNetworks(nn.Module):
    """Networks of one shape over the line, from several seeds, that learn side by side.

    Args:
        learning_rate: of Adam.
    """

    def __init__(self, depth: int, width: int, seeds: int, learning_rate: float = 0.01) -> None:
        super().__init__()
        made = []
        for seed in range(seeds):
            with torch.random.fork_rng(devices=[]):
                torch.manual_seed(seed)
                made.append([each for each in make_line_network(depth, width) if isinstance(each, nn.Linear)])
        stacks = [*zip(*made, strict=True)]
        self.weights = nn.ParameterList([torch.stack([each.weight.detach().T for each in same]) for same in stacks])
        self.biases = nn.ParameterList([torch.stack([each.bias.detach()[None] for each in same]) for same in stacks])
        self.optimizer = torch.optim.Adam(self.parameters(), learning_rate, foreach=True)
        self.steps = 0

    def forward(self, x: Tensor) -> Tensor:
        """Compute heights (seeds, points) at places (points,)."""
        y = x[None, :, None].expand(len(self.weights[0]), -1, -1)
        for place, (weight, bias) in enumerate(zip(self.weights, self.biases, strict=True)):
            y = torch.baddbmm(bias, y.relu() if place else y, weight)
        return y[..., 0]

    def step(self, x: Tensor, heights: Tensor) -> Tensor:
        """Take one step of Adam towards heights (points,) at places (points,); the mean squared errors before it."""
        self.optimizer.zero_grad()
        errors = (self(x) - heights).square().mean(1)
        errors.sum().backward()
        self.optimizer.step()
        self.steps += 1
        return errors.detach()
