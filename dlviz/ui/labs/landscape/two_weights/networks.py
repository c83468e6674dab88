"""Trained networks of the view, as chains of layers with examples to measure the loss on."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from torch import Tensor, nn

    from dlviz.landscape.two_weights import Loss

EXAMPLES = 500  # test digits
PLANE_SHAPE, PLANE_POINTS, PLANE_STEPS = (2, 8), 300, 200


@dataclass(frozen=True, eq=False)
class Trained:
    """A trained network as a chain of layers.

    Args:
        chain: of layers, in evaluation mode.
        linear: places of its linear layers in the chain.
        inputs: (count, ...) examples.
        labels: (count,) that the loss is measured against.
        measure: mean loss of its outputs for them.
        examples: what they are, for the text below the picture.
    """

    chain: tuple[nn.Module, ...]
    linear: tuple[int, ...]
    inputs: Tensor
    labels: Tensor
    measure: Loss
    examples: str

    @property
    def has_convolutions(self) -> bool:
        """True if some of its weights lie in convolutions."""
        from torch import nn

        return any(isinstance(layer, nn.Conv2d) for layer in self.chain)

    def weights(self, layer: int) -> np.ndarray:
        """Weights (units, inputs) of a linear layer, counted from 0 among these."""
        return self.chain[self.linear[layer]].get_parameter("weight").detach().numpy()


@lru_cache(maxsize=3)
def load_trained(name: str) -> Trained:
    """Load a network of the view by its key; that of the plane is trained now, always the same.

    Raises: MissingData, BadWeights.
    """
    return _plane_network() if name == "plane" else _digit_network({"cnn": "simple_cnn"}.get(name, name))


def _digit_network(name: str) -> Trained:
    from torch.nn import functional as F

    from dlviz import weights
    from dlviz.data import mnist
    from dlviz.data.digits import normalise

    images, labels = mnist.digits("test")
    answers = labels[:EXAMPLES]
    return _trained(
        weights.load(name),
        normalise(images[:EXAMPLES]),
        answers,
        lambda logits: F.cross_entropy(logits, answers),
        f"the first {EXAMPLES} test digits",
    )


def _plane_network() -> Trained:
    import torch
    from torch.nn import functional as F

    from dlviz.plane.networks import Cohort, Shape
    from dlviz.plane.points import draw_points

    points = draw_points("moons", PLANE_POINTS, 0.1)
    cohort = Cohort([Shape(*PLANE_SHAPE)], [0])
    for _ in range(PLANE_STEPS):
        cohort.step(points)
    labels = torch.from_numpy(points.labels)
    return _trained(
        cohort.network(0, 0),
        torch.from_numpy(points.xy),
        labels,
        lambda logits: F.binary_cross_entropy_with_logits(logits[:, 0], labels),
        f"the {PLANE_POINTS} points that it has learned from",
    )


def _trained(network: nn.Module, inputs: Tensor, labels: Tensor, measure: Loss, examples: str) -> Trained:
    from torch import nn

    parts = [network] if isinstance(network, nn.Sequential) else network.children()
    chain = tuple(layer for part in parts for layer in (part if isinstance(part, nn.Sequential) else [part]))
    linear = tuple(place for place, layer in enumerate(chain) if isinstance(layer, nn.Linear))
    return Trained(chain, linear, inputs, labels, measure, examples)
