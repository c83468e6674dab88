"""Networks of many layers over the plane, side by side: plain, with batch norm, and with skip connections.

Source: Ioffe and Szegedy 2015, "Batch Normalization"; He et al. 2015, "Deep Residual Learning for Image
Recognition", whose skip connections lead past two layers each, here past one.
"""

from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from dlviz.plane.points import Points

WIDTH = 16  # units of each layer
KINDS = ("plain", "norm", "skip")
ACTIVATIONS: dict[str, Callable[[Tensor], Tensor]] = {
    "relu": torch.relu,
    "tanh": torch.tanh,
    "sigmoid": torch.sigmoid,
}


def _draw_usual(inputs: int, units: int) -> tuple[Tensor, Tensor]:
    layer = nn.Linear(inputs, units)
    return layer.weight.detach().T, layer.bias.detach()


def _draw_he(inputs: int, units: int) -> tuple[Tensor, Tensor]:
    return torch.randn(inputs, units) * (2 / inputs) ** 0.5, torch.zeros(units)


# How first weights (inputs, units) and biases (units,) are drawn.
FIRST_WEIGHTS = {"usual": _draw_usual, "he": _draw_he}


class Tower:
    """Networks of one kind, one for each seed, computed together.

    Args:
        kind: of `KINDS`.
        first: of each layer, weights (seeds, inputs, units) and biases (seeds, 1, units); the last has
            one unit.
        activation: a key of `ACTIVATIONS`.
    """

    def __init__(self, kind: str, first: Sequence[tuple[Tensor, Tensor]], activation: str) -> None:
        self.kind, self.activation = kind, ACTIVATIONS[activation]
        self.weights = [weight.clone().requires_grad_() for weight, _ in first]
        self.biases = [bias.clone().requires_grad_() for _, bias in first]
        normed = [bias[:, 0].flatten() for bias in self.biases[:-1]] if kind == "norm" else []
        self.gains = [torch.ones_like(each).requires_grad_() for each in normed]  # (seeds · units,)
        self.shifts = [torch.zeros_like(each).requires_grad_() for each in normed]

    @property
    def parameters(self) -> list[Tensor]:
        """All that learns, the weights first."""
        return [*self.weights, *self.biases, *self.gains, *self.shifts]

    def forward(self, xy: Tensor) -> Tensor:
        """Compute the logits (seeds, count) of class 1 at points (count, 2)."""
        x = xy.expand(len(self.weights[0]), -1, -1)  # (seeds, count, inputs)
        for place, (weight, bias) in enumerate(zip(self.weights[:-1], self.biases[:-1], strict=True)):
            sums = torch.baddbmm(bias, x, weight)
            if self.kind == "norm":
                sums = normalize(sums, self.gains[place], self.shifts[place])
            made = self.activation(sums)
            # The first layer has two inputs, which cannot be added to its units.
            x = x + made if self.kind == "skip" and place else made
        return torch.baddbmm(self.biases[-1], x, self.weights[-1])[..., 0]

    def gradients(self, xy: Tensor, labels: Tensor) -> tuple[Tensor, list[Tensor]]:
        """Compute each network's mean cross-entropy (seeds,), and its gradients by all parameters."""
        logits = self.forward(xy)
        losses = F.binary_cross_entropy_with_logits(logits, labels.expand_as(logits), reduction="none").mean(
            1
        )
        # No network's loss depends on another's weights, so that the sum's gradient is that of each.
        return losses.detach(), list(torch.autograd.grad(losses.sum(), self.parameters))


def normalize(sums: Tensor, gain: Tensor, shift: Tensor) -> Tensor:
    """Batch norm of (seeds, count, units) over the points, each network by itself."""
    seeds, count, units = sums.shape
    flat = sums.transpose(0, 1).reshape(count, seeds * units)
    normed = F.batch_norm(flat, None, None, gain, shift, training=True)
    return normed.view(count, seeds, units).transpose(0, 1)


class Towers:
    """Towers of all kinds, with the same first weights, that learn the same points by gradient descent.

    Args:
        depth: hidden layers.
        activation: a key of `ACTIVATIONS`.
        first_weights: a key of `FIRST_WEIGHTS`.
        seeds: from each of which one network of each kind begins.
    """

    def __init__(
        self,
        depth: int,
        activation: str,
        first_weights: str,
        seeds: Sequence[int],
        learning_rate: float,
        width: int = WIDTH,
    ) -> None:
        self.learning_rate = learning_rate
        first = _draw_first([2, *[width] * depth, 1], FIRST_WEIGHTS[first_weights], seeds)
        self.towers = {kind: Tower(kind, first, activation) for kind in KINDS}
        self._shape = len(KINDS), len(seeds), depth + 1
        self._losses: list[np.ndarray] = []  # (kinds, seeds), before each step
        self._gradients: list[list[Tensor]] = []  # of each kind, each layer's weights at the last step
        self.first_norms = self.norms  # at the first step

    @property
    def steps(self) -> int:
        """Steps that were taken."""
        return len(self._losses)

    @property
    def losses(self) -> np.ndarray:
        """Mean cross-entropy (steps, kinds, seeds) before each step; not finite once a network diverges."""
        return np.array(self._losses, np.float32).reshape(self.steps, *self._shape[:2])

    @property
    def norms(self) -> np.ndarray:
        """Norms (kinds, seeds, layers) of the gradients of each layer's weights at the last step, or NaN."""
        if not self._gradients:
            return np.full(self._shape, np.nan)
        # In double precision: the squares of what has nearly vanished would be 0 in single.
        norms = [[each.double().flatten(1).norm(dim=1) for each in kind] for kind in self._gradients]
        return torch.stack([torch.stack(kind, 1) for kind in norms]).numpy()

    def step(self, points: Points) -> None:
        """Take one step of all networks on all points."""
        xy, labels = torch.from_numpy(points.xy), torch.from_numpy(points.labels)
        losses = np.full(self._shape[:2], np.nan, np.float32)
        for at, tower in enumerate(self.towers.values()):
            if self._losses and not np.isfinite(self._losses[-1][at]).any():
                continue  # all have diverged
            found, gradients = tower.gradients(xy, labels)
            losses[at] = found
            self._gradients[at : at + 1] = [gradients[: len(tower.weights)]]
            with torch.no_grad():
                for parameter, gradient in zip(tower.parameters, gradients, strict=True):
                    parameter.sub_(gradient, alpha=self.learning_rate)
        self._losses.append(losses)
        if self.steps == 1:
            self.first_norms = self.norms


def _draw_first(
    sizes: Sequence[int], draw: Callable[[int, int], tuple[Tensor, Tensor]], seeds: Sequence[int]
) -> list[tuple[Tensor, Tensor]]:
    """Draw first weights (seeds, inputs, units) and biases (seeds, 1, units) of each layer."""
    drawn = []
    for seed in seeds:
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            drawn.append([draw(inputs, units) for inputs, units in pairwise(sizes)])
    layers = zip(*drawn, strict=True)
    return [
        (torch.stack([weight for weight, _ in layer]), torch.stack([bias for _, bias in layer])[:, None])
        for layer in layers
    ]
