"""The linear regions of a network over the plane, with the affine function of the one under the pointer."""

from __future__ import annotations

import numpy as np

from dlviz.ui.components import load_component
from dlviz.ui.components.wire_format import pack

BYTES = 3  # of a region's number

_component = load_component("plane_regions")


def message(
    numbers: np.ndarray,
    on: np.ndarray,
    units: int,
    weights: np.ndarray | None,
    biases: np.ndarray | None,
    xy: np.ndarray,
    labels: np.ndarray,
    reach: float,
) -> bytes:
    """The bytes of the picture.

    Args:
        numbers: (side, side) int, on: (regions, layers), weights: (regions, 2), biases: (regions,),
            xy: (points, 2), labels: (points,); and all else as `plane_regions` has it.
    """
    header = {"units": units, "reach": reach, "affine": weights is not None}
    parts = [(numbers >> 8 * place & 255).astype(np.uint8) for place in range(BYTES)]
    arrays = {
        "numbers": np.stack(parts),
        "on": on.astype(np.float16),
        "xy": xy.astype(np.float32),
        "labels": labels.astype(np.uint8),
    }
    if weights is not None and biases is not None:
        arrays |= {"weights": weights.astype(np.float32), "biases": biases.astype(np.float32)}
    return pack(header, arrays)


def plane_regions(
    key: str,
    numbers: np.ndarray,
    on: np.ndarray,
    units: int,
    weights: np.ndarray | None,
    biases: np.ndarray | None,
    xy: np.ndarray,
    labels: np.ndarray,
    reach: float,
) -> None:
    """Draw the regions; hovering, a tap or the arrow keys tell of one, in the browser alone.

    Args:
        numbers: (side, side) int of each place's region, the top row first.
        on: (regions, layers) how many units are on.
        units: of each layer.
        weights, biases: (regions, 2), (regions,) of the logit in each region; None where it has more.
        xy: (points, 2), and their classes, (points,) 0 or 1.
        reach: of the plane from its middle, along each axis.
    """
    _component(key=key, data=message(numbers, on, units, weights, biases, xy, labels, reach))
