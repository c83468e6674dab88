"""The loss over a plane in the space of all weights: its principal or random directions, and its places."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from dlviz.batch_norm import copy_in_training

FEWEST = 3  # checkpoints that span a plane
NO_SHARE = 1e-6  # of the variance, which single precision leaves on a line


class NoPlane(ValueError):
    """Networks that span no plane; the message is one sentence for the learner."""


@dataclass(frozen=True, eq=False)
class Plane:
    """A plane in the space of all weights that learn.

    Args:
        origin: (weights,) float32, the network at the place (0, 0).
        directions: (2, weights) float32.
        shares: of the variance of the networks that span the plane, along each direction; None where the
            directions are random.
    """

    origin: Tensor
    directions: Tensor
    shares: tuple[float, float] | None = None

    def weights(self, place: Sequence[float]) -> Tensor:
        """Weights (weights,) of the network at a place (2,)."""
        return self.origin + place[0] * self.directions[0] + place[1] * self.directions[1]

    def project(self, weights: Tensor) -> Tensor:
        """Places (count, 2) in the plane that are nearest to networks (count, weights)."""
        products = self.directions @ self.directions.T
        return torch.linalg.solve(products, self.directions @ (weights - self.origin).T).T


def flatten_weights(network: nn.Module) -> Tensor:
    """All weights of a network that learn (weights,), in the order of its parameters."""
    return torch.cat([parameter.detach().flatten() for parameter in network.parameters()])


def principal_plane(paths: Sequence[Tensor]) -> Plane:
    """The plane of the two directions along which the checkpoints of runs differ most.

    It passes through the last checkpoint of a single run, and through the common start of several.

    Args:
        paths: of each run its checkpoints (checkpoints, weights), oldest first.
    Raises: NoPlane if the runs have different numbers of weights, do not begin at one network, or have too
        few different checkpoints.
    Source: Li et al. 2018, "Visualizing the Loss Landscape of Neural Nets", section 7.
    """
    if len({path.shape[1] for path in paths}) > 1:
        raise NoPlane("Networks with different weights have no plane in common.")
    if not all(path[0].equal(paths[0][0]) for path in paths):
        raise NoPlane("These runs do not begin at the same weights, so they have no start in common.")
    every = torch.cat(list(paths))
    if not every.isfinite().all():
        raise NoPlane("A checkpoint holds weights that are no numbers.")
    centred = every - every.mean(0)
    centred /= centred.abs().max().clamp_min(1e-30)  # squares of a diverged run's weights would overflow
    # The few checkpoints have the same principal directions as the many weights, and a far smaller matrix.
    variances, mixtures = torch.linalg.eigh((centred @ centred.T).double())
    first_two, total = variances.flip(0)[:2], variances.sum()
    if len(every) < FEWEST or first_two[-1] <= NO_SHARE * total:
        raise NoPlane(f"A plane needs at least {FEWEST} checkpoints that are not on one line.")
    along = mixtures.flip(1)[:, :2].T.float()
    # The sign of a principal direction is free: the largest difference counts as positive.
    largest = along.gather(1, along.abs().argmax(1, keepdim=True))
    directions = F.normalize((along * largest.sign()) @ centred)
    first, second = (first_two / total).tolist()
    return Plane(paths[0][-1 if len(paths) == 1 else 0], directions, (first, second))


class LossOfWeights:
    """The mean loss of a network on examples, as a function of all its weights that learn.

    Dropout is off. Batch norm takes mean and variance from the batch: those that it has kept in training
    belong to the trained weights alone, so they are measured again for each network.

    Args:
        network: left as it is; `dlviz.models.layout.lay_out` makes a convolutional one faster.
        batches: inputs (batch, ...) and right answers (batch, ...) int64. Small ones are faster; a network
            with batch norm needs all examples in one.
    """

    def __init__(self, network: nn.Module, batches: Sequence[tuple[Tensor, Tensor]]) -> None:
        self.network = copy_in_training(network).requires_grad_(False)
        self.parameters = list(self.network.parameters())
        self.batches = [
            (x.contiguous(memory_format=torch.channels_last) if x.dim() == 4 else x, labels)
            for x, labels in batches
        ]
        self.answers = sum(labels.numel() for _, labels in batches)

    @torch.inference_mode()
    def at(self, weights: Tensor) -> float:
        """Mean loss in nats with these weights (weights,)."""
        sizes = [parameter.numel() for parameter in self.parameters]
        for parameter, values in zip(self.parameters, weights.split(sizes), strict=True):
            parameter.copy_(values.view_as(parameter))
        losses = [
            F.cross_entropy(self.network(x).flatten(0, -2), labels.flatten(), reduction="sum").double()
            for x, labels in self.batches
        ]
        return float(sum(losses)) / self.answers


def plan_places(sides: Sequence[int]) -> list[tuple[int, int]]:
    """Plan the places of a grid, coarse to fine, each once: row and column in the finest.

    Args:
        sides: places along each side, such as 5, 9 and 17; each grid holds the places of those before it.
    Raises: ValueError if it does not.
    """
    last = sides[-1] - 1
    if any(side < 2 or last % (side - 1) for side in sides) or list(sides) != sorted({*sides}):
        raise ValueError("Each grid must hold the places of the coarser ones.")
    grids = [range(0, last + 1, last // (side - 1)) for side in sides]
    return list(dict.fromkeys(place for grid in grids for place in product(grid, grid)))
