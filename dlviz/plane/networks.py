"""Small networks over the plane, many of which learn side by side as batched products."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from dlviz.plane.budget import count_weights
from dlviz.plane.points import Points

aten = torch.ops.aten
BETAS, EPSILON = (0.9, 0.999), 1e-8  # of Adam, as PyTorch has them
LEAST = 1e-30  # added to a mean square: nothing beside EPSILON
LINE = 16  # numbers in a line of the processor's memory


@dataclass(frozen=True)
class Activation:
    """A nonlinearity: what units make of their sums, and how an error goes back through it; both in place.

    Args:
        backward: from the error of what was made, and what was made, to the error of the sums.
    """

    layer: type[nn.Module]
    forward: Callable[[Tensor], Tensor]
    backward: Callable[[Tensor, Tensor], Tensor]


def _relu_backward(error: Tensor, made: Tensor) -> Tensor:
    return aten.threshold_backward.grad_input(error, made, 0, grad_input=error)


def _tanh_backward(error: Tensor, made: Tensor) -> Tensor:
    return aten.tanh_backward.grad_input(error, made, grad_input=error)


def _sigmoid_backward(error: Tensor, made: Tensor) -> Tensor:
    return aten.sigmoid_backward.grad_input(error, made, grad_input=error)


ACTIVATIONS = {
    "relu": Activation(nn.ReLU, torch.relu_, _relu_backward),
    "tanh": Activation(nn.Tanh, torch.tanh_, _tanh_backward),
    "sigmoid": Activation(nn.Sigmoid, torch.sigmoid_, _sigmoid_backward),
    "none": Activation(nn.Identity, lambda sums: sums, lambda error, made: error),
}


class PlaneNetwork(nn.Sequential):
    """From a point of the plane to the logit of class 1: `depth` hidden layers of `width` units each.

    Args:
        activation: a key of `ACTIVATIONS`.
    """

    def __init__(self, depth: int, width: int, activation: str = "relu") -> None:
        layers: list[nn.Module] = []
        for inputs in [2, *[width] * (depth - 1)]:
            layers += [nn.Linear(inputs, width), ACTIVATIONS[activation].layer()]
        super().__init__(*layers, nn.Linear(width, 1))


Layers = list[tuple[Tensor, Tensor]]  # weights (units, inputs) and biases (units) of each


def draw_layers(depth: int, width: int, seed: int, coordinates: int = 2) -> Layers:
    """Draw first weights and biases, those of PyTorch after `torch.manual_seed(seed)`.

    Args:
        coordinates: that the first layer reads.
    """
    # From a generator of its own: PyTorch's is one for all threads, and others may draw in between.
    generator = torch.Generator().manual_seed(seed)
    layers: Layers = []
    for inputs, units in zip([coordinates, *[width] * depth], [*[width] * depth, 1], strict=True):
        # As nn.Linear has it, to the last bit: Kaiming with a slope of √5.
        bound = math.sqrt(3) * (math.sqrt(2 / (1 + 5)) / math.sqrt(inputs))
        weight = torch.empty(units, inputs).uniform_(-bound, bound, generator=generator)
        bound = 1 / math.sqrt(inputs)
        layers.append((weight, torch.empty(units).uniform_(-bound, bound, generator=generator)))
    return layers


def make_network(depth: int, width: int, activation: str, seed: int) -> PlaneNetwork:
    """Make a network with first weights drawn from a seed."""
    return build_network(depth, width, activation, draw_layers(depth, width, seed))


def build_network(depth: int, width: int, activation: str, layers: Layers) -> PlaneNetwork:
    """Build a network of given weights and biases."""
    with torch.device("meta"):  # nothing is drawn that would be written over
        network = PlaneNetwork(depth, width, activation)
    linear = [layer for layer in network if isinstance(layer, nn.Linear)]
    for layer, (weight, bias) in zip(linear, layers, strict=True):
        layer.weight, layer.bias = nn.Parameter(weight), nn.Parameter(bias)
    return network


class Rooms:
    """Memory for what products give, used again by the next: to ask for it anew takes half of a step."""

    _free: ClassVar[list[Rooms]] = []

    def __init__(self) -> None:
        self._memory = torch.empty(0)
        self._used = 0

    @classmethod
    @contextmanager
    def borrow(cls) -> Iterator[Rooms]:
        """Lend some to one thread: there is as much as threads compute at once, however many cohorts."""
        try:
            rooms = cls._free.pop()
        except IndexError:
            rooms = cls()
        try:
            yield rooms
        finally:
            cls._free.append(rooms)

    def empty(self) -> None:
        """Take back all that has been given."""
        self._used = 0

    def give(self, *shape: int) -> Tensor:
        """Give a tensor of this shape (…), whatever it holds."""
        size = math.prod(shape)
        start, self._used = self._used, self._used + size + -size % LINE
        if self._used > len(self._memory):
            self._memory = torch.empty(2 * self._used)  # those given before keep theirs
        return self._memory[start : start + size].view(shape)


class Stack:
    """Networks of one shape, whose layers are batched products.

    Their weights are views of one long row of numbers that other stacks may share: one operation is then an
    optimizer's step for all.

    Args:
        networks: layers of each, alike in depth and width.
        activation: a key of `ACTIVATIONS`.
        values, gradients: (count,) float32, as many numbers as all networks have weights.
    """

    def __init__(
        self, networks: Sequence[Layers], activation: str, values: Tensor, gradients: Tensor
    ) -> None:
        self.activation = ACTIVATIONS[activation]
        self.weights: list[Tensor] = []  # of each layer: (networks, units, inputs)
        self.biases: list[Tensor] = []  # (networks, units, 1)
        self._weight_gradients: list[Tensor] = []
        self._bias_gradients: list[Tensor] = []
        start = 0
        for layers in zip(*networks, strict=True):
            weight = torch.stack([weight for weight, _ in layers])
            bias = torch.stack([bias[:, None] for _, bias in layers])
            for first, views, gradient_views in (
                (weight, self.weights, self._weight_gradients),
                (bias, self.biases, self._bias_gradients),
            ):
                place = slice(start, start := start + first.numel())
                views.append(values[place].view(first.shape).copy_(first))
                gradient_views.append(gradients[place].view(first.shape))

    def forward(self, xy: Tensor, rooms: Rooms) -> tuple[list[Tensor], Tensor]:
        """Compute what each layer reads, and the logits.

        Args:
            xy: (networks, 2, count), the points.
        Returns: of each layer (networks, inputs, count), the first of them `xy`; (networks, count).
        """
        # Units by points, not points by units: the products of narrow layers take two thirds of the time.
        read = [xy]
        for weight, bias in zip(self.weights[:-1], self.biases[:-1], strict=True):
            room = rooms.give(*weight.shape[:2], xy.shape[2])
            read.append(self.activation.forward(torch.baddbmm(bias, weight, read[-1], out=room)))
        return read, torch.baddbmm(self.biases[-1], self.weights[-1], read[-1])[:, 0]

    def backward(self, xy: Tensor, labels: Tensor, decay: float, rooms: Rooms) -> Tensor:
        """Compute the gradients of the mean cross-entropy plus decay / 2 · ‖weights‖²; biases cost nothing.

        Args:
            xy: (networks, 2, count), the points.
            labels: (count,), their classes.
        Returns: (networks,) the cross-entropy alone.
        """
        read, logits = self.forward(xy, rooms)
        truth = labels.expand_as(logits)
        losses = F.binary_cross_entropy_with_logits(logits, truth, reduction="none").mean(1)
        error = torch.sigmoid(logits).sub_(truth).div_(len(labels))[:, None]  # (networks, 1, count)
        for place in reversed(range(len(read))):
            torch.bmm(error, read[place].mT, out=self._weight_gradients[place])
            torch.sum(error, 2, keepdim=True, out=self._bias_gradients[place])
            if place:
                # One output: a product of a column and a row, for which `bmm` takes twice the time.
                back = torch.mul if error.shape[1] == 1 else torch.bmm
                error = back(self.weights[place].mT, error, out=rooms.give(*read[place].shape))
                error = self.activation.backward(error, read[place])
        if decay:
            for weight, gradient in zip(self.weights, self._weight_gradients, strict=True):
                gradient.add_(weight, alpha=decay)
        return losses


@dataclass(frozen=True)
class Shape:
    """Depth and width of a network."""

    depth: int
    width: int


class Cohort:
    """Networks of several shapes that learn the same points at once, each shape from several seeds.

    Args:
        activation: a key of `ACTIVATIONS`.
        learning_rate: of Adam.
        decay: of the weights (L2): decay / 2 · ‖weights‖² is added to each loss.
    """

    def __init__(
        self,
        shapes: Sequence[Shape],
        seeds: Sequence[int],
        activation: str = "relu",
        learning_rate: float = 0.01,
        decay: float = 0.0,
    ) -> None:
        self.shapes, self.seeds = tuple(shapes), tuple(seeds)
        self.learning_rate, self.decay = learning_rate, decay
        self.steps = 0
        self.activation = activation
        networks = [[draw_layers(shape.depth, shape.width, seed) for seed in seeds] for shape in shapes]
        sizes = [len(seeds) * count_weights(shape.depth, shape.width) for shape in shapes]
        self._values, self._gradients, self._mean, self._square = torch.zeros(4, sum(sizes)).unbind()
        self.stacks = [
            Stack(same, activation, values, gradients)
            for same, values, gradients in zip(
                networks, self._values.split(sizes), self._gradients.split(sizes), strict=True
            )
        ]

    @torch.inference_mode()
    def step(self, points: Points) -> Tensor:
        """Take one step of Adam on all points; the losses (shapes, seeds) before it."""
        xy, labels = self._expand(torch.from_numpy(points.xy)), torch.from_numpy(points.labels)
        losses = []
        with Rooms.borrow() as rooms:
            for stack in self.stacks:
                rooms.empty()
                losses.append(stack.backward(xy, labels, self.decay, rooms))
        self.steps += 1
        first, second = BETAS
        self._mean.lerp_(self._gradients, 1 - first)
        self._square.mul_(second).addcmul_(self._gradients, self._gradients, value=1 - second)
        # The square root of 0, which units that are never on have, takes ten times as long as another.
        root = self._square.add(LEAST).sqrt_().div_((1 - second**self.steps) ** 0.5).add_(EPSILON)
        self._values.addcdiv_(self._mean, root, value=-self.learning_rate / (1 - first**self.steps))
        return torch.stack(losses)

    @torch.inference_mode()
    def logits(self, xy: Tensor) -> Tensor:
        """Compute the logits (shapes, seeds, count) of class 1 at points (count, 2)."""
        logits = []
        with Rooms.borrow() as rooms:
            for stack in self.stacks:
                rooms.empty()
                logits.append(stack.forward(self._expand(xy), rooms)[1])
        return torch.stack(logits)

    @torch.inference_mode()
    def logits_of(self, shape: int, seed: int, xy: Tensor) -> Tensor:
        """Compute the logits (count,) of one network at points (count, 2).

        Args:
            shape, seed: its places.
        """
        stack, made = self.stacks[shape], xy.T
        *hidden, (weight, bias) = zip(stack.weights, stack.biases, strict=True)
        for each, its_bias in hidden:
            made = stack.activation.forward(torch.addmm(its_bias[seed], each[seed], made))
        return torch.addmm(bias[seed], weight[seed], made)[0]

    def _expand(self, xy: Tensor) -> Tensor:
        """Points (count, 2) as all networks of a stack read them: (networks, 2, count)."""
        # In memory as it is read: products with what is read crosswise take six times as long.
        return xy.T.contiguous().expand(len(self.seeds), -1, -1)

    def network(self, shape: int, seed: int) -> PlaneNetwork:
        """Copy a network as it is now, by the places of its shape and its seed."""
        stack, sizes = self.stacks[shape], self.shapes[shape]
        layers = [
            (weight[seed].clone(), bias[seed, :, 0].clone())
            for weight, bias in zip(stack.weights, stack.biases, strict=True)
        ]
        return build_network(sizes.depth, sizes.width, self.activation, layers).requires_grad_(False)
