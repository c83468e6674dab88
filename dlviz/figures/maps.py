"""Feature maps and heat as one figure, for notebooks; the app draws them in the browser from bytes."""

import numpy as np
import plotly.graph_objects as go

from dlviz.figures.layout import figure
from dlviz.figures.theme import plotly_scale


def feature_maps(maps: np.ndarray, columns: int = 8) -> go.Figure:
    """Draw the maps of a stage, tiled, on one colour scale: diverging about zero if any value is negative.

    Args:
        maps: (channel, height, width), or (1, channel, height, width) as a trace records them.
        columns: maps in a row.
    Raises: ValueError if the array has another shape.
    """
    maps = np.asarray(maps, float)
    if maps.ndim == 4 and len(maps) == 1:
        maps = maps[0]
    if maps.ndim != 3:
        raise ValueError(f"maps must be (channel, height, width), not of shape {maps.shape}")
    signed = bool((maps < 0).any())
    limit = float(np.abs(maps).max()) or 1.0
    heat = go.Heatmap(
        z=_tiled(maps, columns),
        zmin=-limit if signed else 0,
        zmax=limit,
        colorscale=plotly_scale("diverging" if signed else "sequential"),
        hovertemplate="%{z:.3g}<extra></extra>",
    )
    hidden = {"visible": False}
    upside_down = {**hidden, "autorange": "reversed", "scaleanchor": "x"}
    height = 120 + 60 * _rows(len(maps), columns)
    return figure([heat], height, xaxis=hidden, yaxis=upside_down)


def _rows(count: int, columns: int) -> int:
    return -(-count // columns)


def _tiled(maps: np.ndarray, columns: int) -> np.ndarray:
    """Put maps into one matrix, one cell between them; cells without a value are NaN, drawn transparent."""
    count, height, width = maps.shape
    tiled = np.full((_rows(count, columns) * (height + 1) - 1, columns * (width + 1) - 1), np.nan)
    for index in range(count):
        top, left = index // columns * (height + 1), index % columns * (width + 1)
        tiled[top : top + height, left : left + width] = maps[index]
    return tiled
