"""A few series of numbers as lines over one axis, each with a band; drawn anew as numbers come in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dlviz.ui.components import load_component
from dlviz.ui.components.wire_format import pack

_component = load_component("series")


@dataclass(frozen=True, eq=False)
class Series:
    """A line.

    Args:
        label: in the legend; a line keeps its colour and dash by its place.
        x, y: (points,) float; the line has a gap where y is not finite.
        low, high: (points,) ends of its band; None for no band.
        colour: its place in the palette of runs; its own place by default.
        dashed: true for a line that belongs to another of the same colour.
    """

    label: str
    x: np.ndarray
    y: np.ndarray
    low: np.ndarray | None = None
    high: np.ndarray | None = None
    colour: int | None = None
    dashed: bool = False


@dataclass(frozen=True, eq=False)
class Axes:
    """Axes of the lines: what they show, and how far they go.

    Args:
        title: of the values.
        over: what lies along the other axis, such as `layer`.
        names: of its places 0, 1, …; numbers stand there where it is empty.
        low, high: the ends of the values that are always in the picture; of a logarithmic scale more is shown
            if it is there.
        most: values beyond it leave the picture.
        percent, log: true for shares, and for a logarithmic scale.
        markers: true to mark each point.
    """

    title: str
    over: str
    names: Sequence[str] = ()
    low: float = 0.0
    high: float = 1.0
    most: float = float("inf")
    percent: bool = False
    log: bool = False
    markers: bool = False


def series(key: str, axes: Axes, shown: Sequence[Series], alt: str) -> None:
    """Draw lines; the arrow keys and the pointer read them.

    Args:
        alt: what they show now, in words.
    """
    _component(key=key, data=message(axes, shown, alt))


def message(axes: Axes, shown: Sequence[Series], alt: str) -> bytes:
    """The bytes of the lines."""
    arrays = {
        f"{at}.{name}": np.asarray(values, np.float32)
        for at, line in enumerate(shown)
        for name in ("x", "y", "low", "high")
        if (values := getattr(line, name)) is not None
    }
    lines = [
        {
            "label": line.label,
            "colour": at if line.colour is None else line.colour,
            "dashed": line.dashed,
        }
        for at, line in enumerate(shown)
    ]
    most = axes.most if np.isfinite(axes.most) else None
    header = {**vars(axes), "names": list(axes.names), "most": most, "lines": lines, "alt": alt}
    return pack(header, arrays)
