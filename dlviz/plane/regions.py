"""Linear regions of a ReLU network over the plane: where the same units are on, it is one affine function."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from dlviz.plane.networks import PlaneNetwork

EXACT = 24  # bits: whole numbers up to there are exact in float32, in whatever order they are added
SUMS = 4  # by which sets of units are told apart: two sets have one by chance in less than one of 2¹⁶
ROWS = 4096  # points at once, whose layers fit into the processor's cache


@dataclass(frozen=True, eq=False)
class Regions:
    """Regions of a grid of points.

    Args:
        numbers: (rows, columns) int64, from 0, the same number where the same units are on.
        first: (count,) for each region a point of it, by its place in the grid row by row.
    """

    numbers: np.ndarray
    first: np.ndarray

    @property
    def count(self) -> int:
        """Number of regions that have a point of the grid; those smaller than its meshes may be missed."""
        return len(self.first)


@dataclass(frozen=True, eq=False)
class AffineFunctions:
    """The functions weight · point + bias that a network is around some points.

    Args:
        weights: (points, 2) float64.
        biases: (points,) float64.
        on: of each hidden layer (points, units) bool, the units that are on.
    """

    weights: np.ndarray
    biases: np.ndarray
    on: list[np.ndarray]


@torch.inference_mode()
def find_regions(network: PlaneNetwork, grid: np.ndarray, layers: int | None = None) -> Regions:
    """Find the linear regions of a network with ReLU over a grid.

    Each unit has random whole numbers, and a point the sums of those of its units that are on: points with
    the same sums are taken to have the same units on.

    Args:
        grid: (rows, columns, 2) float32 of points.
        layers: hidden layers whose units count; by default all.
    """
    points = torch.from_numpy(grid.reshape(-1, 2))
    kept = list(network)[: None if layers is None else 2 * layers]
    units = sum(layer.out_features for layer in kept if isinstance(layer, nn.Linear))
    generator = torch.Generator().manual_seed(units)
    largest = 2**EXACT // max(units, 1)
    numbers = torch.randint(largest, (units, SUMS), generator=generator).float()
    factors = torch.randint(2**62, (SUMS,), generator=generator)
    codes = torch.cat([_add_up(kept, rows, numbers) @ factors for rows in points.split(ROWS)]).numpy()
    # Neighbours mostly share a region: one of them stands for all.
    begins = np.flatnonzero(np.append(True, codes[1:] != codes[:-1]))
    _, first, inverse = np.unique(codes[begins], return_index=True, return_inverse=True)
    lengths = np.diff(begins, append=len(codes))
    return Regions(np.repeat(inverse, lengths).reshape(grid.shape[:2]), begins[first])


def _add_up(layers: list[nn.Module], points: Tensor, numbers: Tensor) -> Tensor:
    """Add up the numbers (units, SUMS) of the units that are on at points (count, 2): (count, SUMS) int64."""
    x, sums, start = points, torch.zeros(len(points), SUMS), 0
    for layer in layers:
        if isinstance(layer, nn.Linear):
            x = layer(x)
        elif isinstance(layer, nn.ReLU):
            x = x.relu_()
            sums.addmm_(x.sign(), numbers[start : (start := start + x.shape[1])])
    return sums.long()


@torch.inference_mode()
def find_affine(network: PlaneNetwork, points: np.ndarray) -> AffineFunctions:
    """Find the affine functions that a network with ReLU is around points (count, 2)."""
    x = torch.from_numpy(np.asarray(points, np.float64))
    weights = torch.eye(2, dtype=torch.float64).expand(len(x), 2, 2)  # (points, units, 2)
    biases = torch.zeros(len(x), 2, dtype=torch.float64)
    on = []
    for layer in network:
        if isinstance(layer, nn.Linear):
            own = layer.weight.double()
            weights, biases = own @ weights, biases @ own.T + layer.bias.double()
        elif isinstance(layer, nn.ReLU):
            passed = (weights @ x[:, :, None])[:, :, 0] + biases > 0
            weights, biases = weights * passed[:, :, None], biases * passed
            on.append(passed.numpy())
    return AffineFunctions(weights[:, 0].numpy(), biases[:, 0].numpy(), on)
