"""Numbers of the view: boundaries, losses and accuracies of all networks as they are now."""

from dataclasses import dataclass
from functools import cache

import numpy as np
import torch
from torch import Tensor

from dlviz.plane.networks import Cohort, Shape
from dlviz.plane.points import Points
from dlviz.ui.labs.depth.cohort import Learning
from dlviz.ui.labs.depth.same_budget.own_points import EDGE

SMALL, LARGE = 28, 84  # points along each side of a picture


@dataclass(frozen=True, eq=False)
class ForwardPass:
    """All networks at a step.

    Args:
        shapes: of the networks.
        steps: that they have learned.
        small: (shapes, seeds, 28, 28) uint8, the probability of class 1 in 255ths, from the top left corner.
        large: (84, 84) uint8, that of the network that is drawn large.
        tested: (shapes, seeds) float64, shares of the held-out points that are right; None without any.
        loss_steps: (kept,) steps taken before each loss.
        losses: (kept, shapes, seeds) float32.
    """

    shapes: tuple[Shape, ...]
    steps: int
    small: np.ndarray
    large: np.ndarray
    tested: np.ndarray | None
    loss_steps: np.ndarray
    losses: np.ndarray


def forward(learning: Learning, shape: int, seed: int) -> ForwardPass:
    """Compute the pictures and numbers of all networks.

    Args:
        shape, seed: places of the network that is drawn large.
    """
    cohort = learning.cohort
    small = quantise(cohort.logits(plane(SMALL))).reshape(len(cohort.shapes), len(cohort.seeds), SMALL, SMALL)
    large = quantise(cohort.logits_of(shape, seed, plane(LARGE))).reshape(LARGE, LARGE)
    losses = learning.losses
    return ForwardPass(
        cohort.shapes,
        cohort.steps,
        small,
        large,
        measure_accuracy(cohort, learning.held_out),
        np.array(losses.steps, np.int64),
        np.array(losses.values, np.float32).reshape(-1, len(cohort.shapes), len(cohort.seeds)),
    )


def measure_accuracy(cohort: Cohort, points: Points) -> np.ndarray | None:
    """Find the share of points that each network puts into the right class: (shapes, seeds), or None."""
    if not len(points.xy):
        return None
    logits = cohort.logits(torch.from_numpy(points.xy))
    return ((logits > 0) == (torch.from_numpy(points.labels) > 0)).double().mean(-1).numpy()


@cache
def plane(side: int) -> Tensor:
    """Points (side · side, 2) float32 of the plane that is shown, row by row from the top left corner."""
    axis = torch.linspace(-EDGE, EDGE, side)
    return torch.stack(torch.meshgrid(axis, -axis, indexing="xy"), -1).reshape(-1, 2)


def quantise(logits: Tensor) -> np.ndarray:
    """Write the probabilities of logits of any shape in 255ths, as uint8; what is no number is a half."""
    return torch.sigmoid(logits).nan_to_num_(0.5).mul_(255).round_().to(torch.uint8).numpy()
