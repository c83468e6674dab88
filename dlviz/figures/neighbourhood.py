"""The loss around a network along two directions, and its rise with the distance over several draws."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import plotly.graph_objects as go

from dlviz.figures.bands import with_band
from dlviz.figures.layout import figure
from dlviz.figures.theme import ACCENT, plotly_scale
from dlviz.ui.text_format.numbers import number

LEAST = 1e-6  # of losses on a logarithmic scale
LINES = 16  # of equal loss
ROUND = (1, 2, 5)  # in every power of ten, a tick

Scale = tuple[float, float]  # lowest and highest loss, as powers of ten


def share_scale(*losses: np.ndarray) -> Scale:
    """Find one scale for several pictures, from all losses (…) in them that are numbers."""
    every = np.concatenate([each[np.isfinite(each)] for each in losses])
    if not len(every):
        return 0.0, 1.0
    low, high = np.log10(np.maximum([every.min(), every.max()], LEAST)).tolist()
    return low, max(high, low + 0.1)


def contours(along: np.ndarray, losses: np.ndarray, scale: Scale) -> go.Figure:
    """Draw lines of equal loss around a network, evenly on a logarithmic scale.

    Args:
        along: (side,) distances along both directions.
        losses: (side, side), one row for each distance along the second; gaps where they are no numbers.
        scale: by `share_scale`, of all pictures that are compared.
    """
    low, high = scale
    line = {"width": 0.6, "color": "#5a6572"}
    levels = {"start": low, "end": high, "size": (high - low) / LINES}
    coloured = _colour(along, losses, scale)
    star = {"symbol": "star", "size": 14, "color": ACCENT, "line": {"color": "#ffffff", "width": 1.5}}
    axis = {"range": [along[0], along[-1]], "nticks": 5, "constrain": "domain"}
    return figure(
        [
            go.Contour(
                **coloured, zmin=low, zmax=high, contours=levels, line=line, colorbar=_colour_bar(scale)
            ),
            go.Scatter(x=[0], y=[0], mode="markers", marker=star, hoverinfo="skip"),
        ],
        385,
        xaxis={**axis, "title": {"text": "along the first direction"}},
        yaxis={**axis, "title": {"text": "along the second"}, "scaleanchor": "x"},
        margin={"l": 48, "r": 12, "t": 56, "b": 44},
    )


def surface(along: np.ndarray, losses: np.ndarray, scale: Scale) -> go.Figure:
    """Draw the loss around a network as a surface whose height is logarithmic.

    Args:
        along, losses, scale: as of `contours`, (side,) and (side, side).
    """
    low, high = scale
    # The scale's white end lies above the highest loss: white could not be seen on a light page.
    drawn = go.Surface(
        **_colour(along, losses, scale),
        cmin=low,
        cmax=high + 0.3 * (high - low),
        lighting={"ambient": 0.9, "diffuse": 0.4},
        showscale=False,
    )
    middle = _scaled(losses)[len(along) // 2, len(along) // 2]
    mark = {"symbol": "diamond", "size": 5, "color": ACCENT}
    axis = {"range": [along[0], along[-1]], "nticks": 5}
    ticks = _colour_bar(scale)
    scene = {
        "camera": {"eye": {"x": 1.55, "y": 1.55, "z": 1.15}, "center": {"x": 0, "y": 0, "z": -0.15}},
        "xaxis": {**axis, "title": {"text": "first"}},
        "yaxis": {**axis, "title": {"text": "second"}},
        "zaxis": {
            "title": {"text": "loss"},
            "range": [low, high],
            "tickvals": ticks["tickvals"],
            "ticktext": ticks["ticktext"],
        },
    }
    star = go.Scatter3d(x=[0], y=[0], z=[middle], mode="markers", marker=mark, hoverinfo="skip")
    return figure([drawn, star], 440, scene=scene, margin={"l": 0, "r": 0, "t": 0, "b": 0})


def rise(distances: np.ndarray, draws: Mapping[str, np.ndarray]) -> go.Figure:
    """Draw for each network the mean loss over draws as a line, their range as a band, each draw as a point.

    Args:
        distances: (distances,) from the network.
        draws: label -> losses (draws, distances), all of them numbers.
    """
    traces = [
        trace
        for place, (label, losses) in enumerate(draws.items())
        for trace in with_band(label, place, distances, list(np.maximum(losses, LEAST).T), _range)
    ]
    scale = share_scale(*draws.values())
    ticks = _colour_bar(scale)
    edge = 0.05 * (scale[1] - scale[0])
    return figure(
        traces,
        380,
        xaxis={"title": {"text": "distance from the trained weights"}, "tickvals": distances.tolist()},
        yaxis={
            "title": {"text": "loss"},
            "type": "log",
            "range": [scale[0] - edge, scale[1] + edge],
            "tickvals": [10**tick for tick in ticks["tickvals"]],
            "ticktext": ticks["ticktext"],
        },
        showlegend=True,
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
        margin={"l": 56, "r": 12, "t": 24, "b": 48},
    )


def _range(losses: np.ndarray) -> str:
    low, mean, high = map(number, (float(losses.min()), float(losses.mean()), float(losses.max())))
    return f"{mean} on average, {low} to {high}"


def _scaled(losses: np.ndarray) -> np.ndarray:
    return np.log10(np.maximum(losses, LEAST), where=np.isfinite(losses), out=np.full(losses.shape, np.nan))


def _colour(along: np.ndarray, losses: np.ndarray, scale: Scale) -> dict[str, Any]:
    """A trace's places, its colours, and the texts under the pointer."""
    written = [number(value, ".2g") for value in along.tolist()]
    hovers = [
        [f"{x}, {y}: loss {number(loss)}" for x, loss in zip(written, row, strict=True)]
        for y, row in zip(written, losses.tolist(), strict=True)
    ]
    return {
        "x": along,
        "y": along,
        "z": np.clip(_scaled(losses), *scale),
        "colorscale": plotly_scale("sequential"),
        "reversescale": True,
        "customdata": hovers,
        "hovertemplate": "%{customdata}<extra></extra>",
    }


def _colour_bar(scale: Scale) -> dict[str, Any]:
    low, high = scale
    tens = range(int(np.floor(low)), int(np.ceil(high)) + 1)
    values = [each * 10.0**ten for ten in tens for each in ROUND]
    shown = [value for value in values if low <= np.log10(value) <= high]
    if len(shown) > 8:
        shown = [value for value in shown if np.isclose(np.log10(value) % 1, [0, 1]).any()]
    if len(shown) < 2:
        shown = [10**low, 10**high]
    return {
        "title": {"text": "loss", "side": "top"},
        "orientation": "h",
        "thickness": 10,
        "len": 1,
        "xpad": 0,
        "yref": "container",
        "y": 1,
        "yanchor": "top",
        "ypad": 0,
        "tickvals": [float(np.log10(value)) for value in shown],
        "ticktext": [number(value) for value in shown],
    }
