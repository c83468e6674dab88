"""The linear regions of a network over the plane, with the affine function of the one under the pointer."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dlviz.ui.components import load_component
from dlviz.ui.components.wire_format import pack

BYTES = 3  # of a region's number

_component = load_component("plane_regions")


@dataclass(frozen=True, eq=False)
class PlaneRegions:
    """Regions of the plane, and points in it.

    Args:
        numbers: (side, side) int of each place's region, the top row first.
        on: (regions, layers) how many units are on.
        units: of each layer.
        weights, biases: (regions, 2), (regions,) of the logit in each region; None where it has more.
        xy: (points, 2), and their classes, (points,) 0 or 1.
        reach: of the plane from its middle, along each axis.
    """

    numbers: np.ndarray
    on: np.ndarray
    units: int
    weights: np.ndarray | None
    biases: np.ndarray | None
    xy: np.ndarray
    labels: np.ndarray
    reach: float


def plane_regions(key: str, shown: PlaneRegions) -> None:
    """Draw the regions; hovering, a tap or the arrow keys tell of one, in the browser alone."""
    _component(key=key, data=message(shown))


def message(shown: PlaneRegions) -> bytes:
    """The bytes of the picture."""
    header = {"units": shown.units, "reach": shown.reach, "affine": shown.weights is not None}
    parts = [(shown.numbers >> 8 * place & 255).astype(np.uint8) for place in range(BYTES)]
    arrays = {
        "numbers": np.stack(parts),
        "on": shown.on.astype(np.float16),
        "xy": shown.xy.astype(np.float32),
        "labels": shown.labels.astype(np.uint8),
    }
    if shown.weights is not None and shown.biases is not None:
        arrays |= {"weights": shown.weights.astype(np.float32), "biases": shown.biases.astype(np.float32)}
    return pack(header, arrays)
