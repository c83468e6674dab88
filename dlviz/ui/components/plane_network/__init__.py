"""A network over the plane: every hidden unit's picture, the chosen one with its weights, and the output."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np

from dlviz.ui.components import events, load_component
from dlviz.ui.components.wire_format import half, pack

MIDDLE = 127.5  # of the bytes of a picture: a sum of 0
REPORTS = ("unit", "weight", "switch", "place")

_component = load_component("plane_network")


@dataclass(frozen=True, eq=False)
class PlaneNetworkPicture:
    """A network with hidden layers of one width.

    Args:
        activation: `relu`, `tanh`, `sigmoid` or `none`.
        parameters: (count,) float32, in PyTorch's order.
        learned: place among them -> what it was before a learner changed it.
        sums: (units, side, side), each unit's sum over the plane, the top row first.
        fine: (side, side), those of the unit that is looked into, finer.
        logits: (side, side) of the output.
        xy: (points, 2), and their classes, (points,) 0 or 1.
        unit: the one that is looked into, counted through all layers.
        off: units that are switched off.
        place: a point of the plane whose way is shown.
        at_place: (units,) sums there, (units,) what the units pass on, and its logit.
        reach: of the plane from its middle, along each axis.
        strongest: a weight may be changed up to this, either way.
    """

    depth: int
    width: int
    activation: str
    parameters: np.ndarray
    learned: Mapping[int, float]
    sums: np.ndarray
    fine: np.ndarray
    logits: np.ndarray
    xy: np.ndarray
    labels: np.ndarray
    unit: int
    off: Collection[int]
    place: tuple[float, float] | None
    at_place: tuple[np.ndarray, np.ndarray, float] | None
    reach: float
    strongest: float


def message(picture: PlaneNetworkPicture, heard: int = 0) -> bytes:
    """The bytes of a picture; sums travel as bytes, each unit's on a scale of its own.

    Args:
        heard: number of the newest report that it answers.
    """
    limits = np.maximum(np.abs(picture.sums).max((1, 2)), 1e-9)
    header: dict[str, object] = {
        "depth": picture.depth,
        "width": picture.width,
        "activation": picture.activation,
        "learned": [[place, float(value)] for place, value in picture.learned.items()],
        "unit": picture.unit,
        "off": list(picture.off),
        "place": picture.place,
        "reach": picture.reach,
        "strongest": picture.strongest,
        "heard": heard,
    }
    places = MIDDLE + MIDDLE * picture.sums / limits[:, None, None]
    arrays = {
        "sums": places.round().astype(np.uint8),
        "limits": limits.astype(np.float32),
        "fine": half(picture.fine),
        "logits": half(picture.logits),
        "parameters": picture.parameters.astype(np.float32),
        "xy": picture.xy.astype(np.float32),
        "labels": picture.labels.astype(np.uint8),
    }
    if picture.at_place:
        sums, made, logit = picture.at_place
        header["logit"] = logit
        arrays |= {"point_sums": sums.astype(np.float32), "point_made": made.astype(np.float32)}
    return pack(header, arrays)


def plane_network(key: str, picture: PlaneNetworkPicture) -> None:
    """Draw it; what a learner does is read by `read_unit` and the others in the next run."""
    _component(
        key=key,
        data=message(picture, events.latest(key, *REPORTS)),
        on_unit_change=events.heard,
        on_weight_change=events.heard,
        on_switch_change=events.heard,
        on_place_change=events.heard,
    )


def read_weight(key: str) -> tuple[int, float | None] | None:
    """A weight that was changed: its place among the parameters, and its value, None for the one learned."""

    def sound(report: object) -> bool:
        return (
            isinstance(report, list)
            and len(report) == 3
            and all(type(each) is int for each in report[::2])
            and (report[1] is None or (isinstance(report[1], int | float) and math.isfinite(report[1])))
        )

    report = events.news(key, "weight", sound)
    return (report[0], report[1]) if isinstance(report, list) else None
