"""Linear regions of a ReLU network over the plane: where the same units are on, it is one affine function."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from dlviz.plane.networks import PlaneNetwork

WORD = 62  # units whose states fit into one whole number


@dataclass(frozen=True, eq=False)
class Regions:
    """Regions of a grid of points.

    Args:
        numbers: (rows, columns) int64, from 0, the same number where the same units are on.
        count: of the regions that have a point of the grid; those smaller than its meshes are missed.
    """

    numbers: np.ndarray
    count: int


@dataclass(frozen=True, eq=False)
class Affine:
    """The function weight · point + bias of a region.

    Args:
        weight: (2,) float64.
        on: of each hidden layer (units,) bool, the units that are on.
    """

    weight: np.ndarray
    bias: float
    on: list[np.ndarray]


@torch.inference_mode()
def find_regions(network: PlaneNetwork, grid: np.ndarray) -> Regions:
    """Find the linear regions of a network with ReLU over a grid (rows, columns, 2) float32 of points."""
    x = torch.from_numpy(grid.reshape(-1, 2))
    numbers = torch.zeros(len(x), dtype=torch.int64)
    for layer in network:
        x = layer(x)
        if isinstance(layer, nn.ReLU):
            numbers = _split(numbers, x > 0)
    return Regions(numbers.numpy().reshape(grid.shape[:2]), int(numbers.max()) + 1)


def _split(numbers: Tensor, on: Tensor) -> Tensor:
    """Split regions by the units of another layer.

    Args:
        numbers: (count,) region of each point, from 0.
        on: (count, units) bool.
    Returns: (count,) numbers from 0.
    """
    for states in on.long().split(WORD // 2, dim=1):
        code = (states << torch.arange(states.shape[1])).sum(1)
        # Both are small whole numbers: a pair of them is one number.
        pairs = (numbers << WORD // 2) | torch.unique(code, return_inverse=True)[1]
        numbers = torch.unique(pairs, return_inverse=True)[1]
    return numbers


@torch.inference_mode()
def find_affine(network: PlaneNetwork, point: np.ndarray) -> Affine:
    """Find the affine function that a network with ReLU is around a point (2,)."""
    weight, bias = torch.eye(2, dtype=torch.float64), torch.zeros(2, dtype=torch.float64)
    x = torch.from_numpy(np.asarray(point, np.float64))
    on = []
    for layer in network:
        if isinstance(layer, nn.Linear):
            own = layer.weight.double()
            weight, bias = own @ weight, own @ bias + layer.bias.double()
        elif isinstance(layer, nn.ReLU):
            passed = weight @ x + bias > 0
            weight, bias = weight * passed[:, None], bias * passed
            on.append(passed.numpy())
    return Affine(weight[0].numpy(), float(bias), on)
