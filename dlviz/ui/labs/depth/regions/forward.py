"""The linear regions of a network, and the affine function in each."""

from dataclasses import dataclass

import numpy as np
import torch

from dlviz.plane.inside import count_units
from dlviz.plane.networks import Cohort, PlaneNetwork
from dlviz.plane.regions import find_affine, find_regions
from dlviz.ui.labs.depth.inside_one.forward import draw_grid

SIDE, COARSE = 400, 200  # points of the plane along each side; fewer for many units
MANY = 400  # units
CHECKED = 2000  # regions in which autograd is asked


@dataclass(frozen=True, eq=False)
class RegionsPass:
    """Regions of the plane.

    Args:
        numbers: (side, side) int64, of the regions by the units of the layers that count, the top row first.
        weights: (regions, 2) float64 and biases (regions,) float64: the logit in each region; None where not
            all layers count.
        on: (regions, layers) units that are on, of each layer that counts.
        units: of each layer.
        by_layers: regions if the first layer alone counts, the first two, and so on.
        checked: regions in which autograd was asked.
        error: by how much its slopes differ from `weights` at most.
    """

    numbers: np.ndarray
    weights: np.ndarray | None
    biases: np.ndarray | None
    on: np.ndarray
    units: int
    by_layers: list[int]
    checked: int
    error: float

    @property
    def count(self) -> int:
        """Number of regions."""
        return len(self.on)


def find(network: PlaneNetwork, layers: int = 0) -> RegionsPass:
    """Find the regions of a network with ReLU.

    Args:
        layers: hidden layers whose units count, 0 for all.
    """
    depth, width = len(network) // 2, count_units(network)
    layers = min(layers or depth, depth)
    grid = _choose_grid(depth * width)
    found = find_regions(network, grid)
    shown = found[layers - 1]
    points = grid.reshape(-1, 2)[shown.first].astype(np.float64)
    affine = find_affine(network, points)
    whole = layers == depth
    error = measure_error(network, points[:CHECKED], affine.weights[:CHECKED]) if whole else 0.0
    return RegionsPass(
        shown.numbers,
        affine.weights if whole else None,
        affine.biases if whole else None,
        np.stack([on.sum(1) for on in affine.on[:layers]], 1),
        width,
        [each.count for each in found],
        min(len(points), CHECKED) if whole else 0,
        error,
    )


def _choose_grid(units: int) -> np.ndarray:
    """A grid for so many units: (side, side, 2) float32."""
    return draw_grid(SIDE if units <= MANY else COARSE)


def count_by_depth(cohort: Cohort, seed: int) -> dict[int, int]:
    """Count the regions of the networks of all depths that began with one seed.

    Args:
        seed: its place among the seeds.
    Returns: hidden layers -> regions.
    """
    return {
        shape.depth: find_regions(cohort.network(at, seed), _choose_grid(shape.depth * shape.width))[-1].count
        for at, shape in enumerate(cohort.shapes)
    }


def measure_error(network: PlaneNetwork, points: np.ndarray, weights: np.ndarray) -> float:
    """Measure by how much slopes differ at most from those that autograd finds.

    Args:
        points, weights: (points, 2), and the slopes there.
    """
    x = torch.tensor(points, dtype=torch.float32, requires_grad=True)
    with torch.enable_grad():
        (slopes,) = torch.autograd.grad(network(x).sum(), x)
    return float(np.abs(slopes.numpy() - weights).max())
