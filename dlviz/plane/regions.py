"""Linear regions of a ReLU network over the plane: where the same units are on, it is one affine function."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from dlviz.plane.networks import PlaneNetwork

EXACT = 24  # bits: whole numbers up to there are exact in float32, in whatever order they are added
SUMS = 4  # by which sets of units are told apart: two sets have one by chance in less than one of 2¹⁶
COLUMNS = 4096  # points at once, whose layers fit into the processor's cache


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
def find_regions(network: PlaneNetwork, grid: np.ndarray) -> list[Regions]:
    """Find the linear regions of a network with ReLU over a grid (rows, columns, 2) float32 of points.

    Each unit has random whole numbers, and a point the sums of those of its units that are on: points with
    the same sums are taken to have the same units on.

    Returns: regions if the units of the first hidden layer alone count, of the first two, and so on; the last
        are those of the whole network.
    """
    points = torch.from_numpy(grid.reshape(-1, 2).T.copy())
    layers = [layer for layer in network if isinstance(layer, nn.Linear)][:-1]
    generator = torch.Generator().manual_seed(0)
    largest = 2**EXACT // sum(layer.out_features for layer in layers)
    numbers = [
        torch.randint(largest, (SUMS, layer.out_features), generator=generator).float() for layer in layers
    ]
    factors = torch.randint(2**62, (SUMS,), generator=generator)
    codes = [factors @ _add_up(layers, columns, numbers) for columns in points.split(COLUMNS, dim=1)]
    return [_number(layer.numpy(), grid.shape[:2]) for layer in torch.cat(codes, 1)]


def _add_up(layers: list[nn.Linear], points: Tensor, numbers: list[Tensor]) -> Tensor:
    """Add up the numbers (SUMS, units) of each layer's units that are on at points (2, count).

    A point is a column: products of such small matrices are three times as fast then.

    Returns: (layers, SUMS, count) int64, each with what the layers before it have added up.
    """
    x, sums = points, torch.zeros(SUMS, points.shape[1])
    found = []
    for layer, own in zip(layers, numbers, strict=True):
        x = torch.addmm(layer.bias[:, None], layer.weight, x).relu_()
        sums = torch.addmm(sums, own, x.sign())
        found.append(sums.long())
    return torch.stack(found)


def _number(codes: np.ndarray, shape: tuple[int, ...]) -> Regions:
    """Number the regions of points with codes (count,) int64, on a grid of that shape."""
    # Neighbours mostly share a region: one of them stands for all.
    begins = np.flatnonzero(np.append(True, codes[1:] != codes[:-1]))
    _, first, inverse = np.unique(codes[begins], return_index=True, return_inverse=True)
    lengths = np.diff(begins, append=len(codes))
    return Regions(np.repeat(inverse, lengths).reshape(shape), begins[first])


@torch.inference_mode()
def find_affine(network: PlaneNetwork, points: np.ndarray) -> AffineFunctions:
    """Find the affine functions that a network with ReLU is around points (count, 2)."""
    x = torch.from_numpy(np.asarray(points, np.float64))
    linear = [layer for layer in network if isinstance(layer, nn.Linear)]
    weights = [layer.weight.double() for layer in linear]
    biases = [layer.bias.double() for layer in linear]
    on = []
    for weight, bias in zip(weights[:-1], biases[:-1], strict=True):
        x = torch.addmm(bias, x, weight.T).relu_()
        on.append(x > 0)
    # From the output back: what each unit's sum counts for it, and each input at last.
    counts = weights[-1].expand(len(x), -1)  # (points, units)
    constant = biases[-1].expand(len(x))
    for weight, bias, passed in zip(weights[-2::-1], biases[-2::-1], reversed(on), strict=True):
        counts = counts * passed
        constant = constant + counts @ bias
        counts = counts @ weight
    return AffineFunctions(counts.numpy(), constant.numpy(), [layer.numpy() for layer in on])
