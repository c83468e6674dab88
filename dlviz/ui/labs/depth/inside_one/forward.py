"""A network's units over the plane, and at one point of it."""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from torch.nn.utils import parameters_to_vector

from dlviz.plane.inside import Hidden, trace_units
from dlviz.plane.networks import PlaneNetwork
from dlviz.plane.points import Points
from dlviz.ui.labs.depth.same_budget.own_points import EDGE

# Units up to which pictures have so many pixels along each side: of many, they are small.
SIDES = {64: 56, 160: 40, 400: 28, 10_000: 20}
FINE = 100  # pixels along each side of the output's picture, and of the unit that is looked into


@dataclass(frozen=True, eq=False)
class ForwardPass:
    """All units over the plane, and at one point of it.

    Args:
        parameters: (count,) float32, in PyTorch's order, as changed.
        sums: (units, side, side) float32, each unit's sum before its activation; row 0 lies at the top.
        unit: that is looked into.
        fine: (100, 100) float32, its sums.
        logits: (100, 100) float32 of class 1.
        right: of the points, how many the network puts into their class.
        at_place: what the units make of the chosen point; None without one.
    """

    parameters: np.ndarray
    sums: np.ndarray
    unit: int
    fine: np.ndarray
    logits: np.ndarray
    right: int
    at_place: Hidden | None


def draw_grid(side: int) -> np.ndarray:
    """Middles of the pixels of a picture of the plane: (side, side, 2) float32, the top row first."""
    axis = ((np.arange(side, dtype=np.float32) + 0.5) / side * 2 - 1) * EDGE
    return np.stack(np.meshgrid(axis, -axis), -1).astype(np.float32)


def forward(
    network: PlaneNetwork,
    off: Collection[int],
    points: Points,
    place: tuple[float, float] | None,
    unit: int | None = None,
) -> ForwardPass:
    """Compute all pictures, and the chosen point's way.

    Args:
        off: units that are switched off.
        unit: that is looked into; by default one whose border lies in the middle of the plane.
    """
    units = trace_units(network, np.zeros((1, 2), np.float32)).sums.shape[1]
    side = next(side for most, side in SIDES.items() if units <= most)
    sums = np.ascontiguousarray(trace_units(network, draw_grid(side).reshape(-1, 2), off).sums.T)
    sums = sums.reshape(units, side, side)
    unit = choose_unit(sums) if unit is None else min(unit, units - 1)
    fine = trace_units(network, draw_grid(FINE).reshape(-1, 2), off)
    at_points = trace_units(network, points.xy, off).logits
    return ForwardPass(
        parameters_to_vector(network.parameters()).detach().numpy(),
        sums,
        unit,
        fine.sums[:, unit].reshape(FINE, FINE),
        fine.logits.reshape(FINE, FINE),
        int(((at_points > 0) == (points.labels == 1)).sum()),
        trace_units(network, np.array([place], np.float32), off) if place else None,
    )


def choose_unit(sums: np.ndarray) -> int:
    """Choose a unit to look into, by its sums (units, side, side): one that is on in half of the plane."""
    return int(np.abs((sums > 0).mean((1, 2)) - 0.5).argmin())
