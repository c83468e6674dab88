"""The same pictures in several planes side by side; of the one that is chosen, its nearest in each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dlviz.ui.components import load_component
from dlviz.ui.components.wire_format import pack

_component = load_component("planes")


@dataclass(frozen=True, eq=False)
class Plane:
    """One plane.

    Args:
        points: (count, 2).
        nearest: (count, k) places of each picture's nearest, −1 where there are fewer.
    """

    title: str
    note: str
    points: np.ndarray
    nearest: np.ndarray


def planes(
    key: str,
    drawn: Sequence[Plane],
    names: Sequence[str],
    classes: Sequence[str],
    labels: np.ndarray,
    chosen: int,
) -> None:
    """Draw the planes; a click on a picture chooses it in all of them, in the browser alone.

    Args:
        names: of the pictures, `name_jpeg`, whose thumbnails a component on the same page has brought.
        classes: their names.
        labels: (count,) the number of each picture's class.
        chosen: place of the picture that is chosen at first.
    """
    header = {
        "planes": [{"title": plane.title, "note": plane.note} for plane in drawn],
        "names": list(names),
        "classes": list(classes),
        "chosen": chosen,
    }
    arrays = {
        "points": np.stack([plane.points for plane in drawn]).astype(np.float32),
        "nearest": np.stack([plane.nearest for plane in drawn]).astype(np.float32),
        "labels": labels.astype(np.uint8),
    }
    _component(key=key, data=pack(header, arrays))
