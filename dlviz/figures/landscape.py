"""The loss over a square of two directions: contours, or a surface, with ways over it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from dlviz.figures.layout import figure
from dlviz.figures.theme import ACCENT, RUNS, plotly_scale
from dlviz.figures.training import DASHES, SYMBOLS
from dlviz.ui.text_format.numbers import number

LINES, TICKS = 18, 5
FLOOR = 1e-4  # of losses on the logarithmic scale, as a share of their range
TARGETS = 17  # places along each side that can be clicked


def contours(
    axes: tuple[np.ndarray, np.ndarray],
    names: tuple[str, str],
    losses: np.ndarray,
    here: tuple[float, float],
    ways: Mapping[str, np.ndarray],
    *,
    clickable: bool = False,
) -> go.Figure:
    """Draw lines of equal loss, evenly on a logarithmic scale, and ways over them.

    Args:
        axes: (columns,) values across and (rows,) upward.
        names: of both.
        losses: (rows, columns).
        here: where the trained network stands, as a star.
        ways: name -> (steps, 2) places; the last one is marked.
        clickable: true for invisible points that a learner can choose.
    """
    scaled, ticks = _scale(losses)
    # Below the picture, as the legend stands above it: on a phone nothing is left beside it.
    colour_bar = {
        "title": {"text": "loss", "side": "top"},
        "orientation": "h",
        "y": -0.22,
        "yanchor": "top",
        "thickness": 12,
        "tickvals": ticks,
        "ticktext": _write_ticks(losses, ticks),
    }
    traces: list[object] = [
        go.Contour(
            **_coloured(axes, losses, scaled),
            ncontours=LINES,
            colorbar=colour_bar,
            line={"width": 0.6, "color": "#5a6572"},
        )
    ]
    if clickable:
        places = [axis[:: max(1, (len(axis) - 1) // (TARGETS - 1))] for axis in axes]
        x, y = (each.ravel() for each in np.meshgrid(*places))
        traces.append(
            go.Scatter(
                x=x,
                y=y,
                mode="markers",
                marker={"size": 16, "opacity": 0},
                hoverinfo="none",
                showlegend=False,
            )
        )
    traces += [_way(place, name, way) for place, (name, way) in enumerate(ways.items())]
    star = {"symbol": "star", "size": 15, "color": ACCENT, "line": {"color": "#ffffff", "width": 1.5}}
    traces.append(go.Scatter(x=here[:1], y=here[1:], mode="markers", marker=star, name="as trained"))
    return figure(
        traces,
        560,
        xaxis={"title": {"text": names[0]}, "range": [axes[0][0], axes[0][-1]]},
        yaxis={"title": {"text": names[1]}, "range": [axes[1][0], axes[1][-1]]},
        showlegend=True,
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
        margin={"l": 56, "r": 12, "t": 48, "b": 112},
        clickmode="event+select",
    )


def surface(
    axes: tuple[np.ndarray, np.ndarray],
    names: tuple[str, str],
    losses: np.ndarray,
    here: tuple[float, float, float],
    ways: Mapping[str, tuple[np.ndarray, np.ndarray]],
) -> go.Figure:
    """Draw the losses as a surface, their height on a logarithmic scale.

    Args:
        here: where the trained network stands, and its loss.
        ways: name -> (steps, 2) places and their losses.
        (The others as of `contours`.)
    """
    scaled, ticks = _scale(losses)
    traces: list[
        object
    ] = [  # The scale's white end lies above the highest loss: white could not be seen on a light page.
        go.Surface(
            **_coloured(axes, losses, scaled),
            cmin=float(scaled.min()),
            cmax=-0.3 * float(scaled.min()),
            lighting={"ambient": 0.9, "diffuse": 0.4},
            showscale=False,
        )
    ]
    for place, (name, (way, reached)) in enumerate(ways.items()):
        line = {"color": RUNS[place % len(RUNS)], "width": 5}
        inside = [(axis[0] <= along) & (along <= axis[-1]) for axis, along in zip(axes, way.T, strict=True)]
        # A way that leaves the picture has a gap there: it would stretch the axes.
        tall = np.where(inside[0] & inside[1], _heights(reached, losses), np.nan)
        traces.append(go.Scatter3d(x=way[:, 0], y=way[:, 1], z=tall, mode="lines", line=line, name=name))
    mark = {"symbol": "diamond", "size": 5, "color": ACCENT}
    star = {"x": here[:1], "y": here[1:2], "z": _heights(np.array(here[2:]), losses), "name": "as trained"}
    traces.append(go.Scatter3d(**star, mode="markers", marker=mark))
    scene = {
        "xaxis": {"title": {"text": names[0]}, "range": [axes[0][0], axes[0][-1]]},
        "yaxis": {"title": {"text": names[1]}, "range": [axes[1][0], axes[1][-1]]},
        "zaxis": {"title": {"text": "loss"}, "tickvals": ticks, "ticktext": _write_ticks(losses, ticks)},
    }
    return figure(traces, 520, scene=scene, margin={"l": 0, "r": 0, "t": 8, "b": 0})


def _coloured(axes: tuple[np.ndarray, np.ndarray], losses: np.ndarray, scaled: np.ndarray) -> dict[str, Any]:
    """A trace's places, its colours by the scaled losses, and the texts under the pointer."""
    return {
        "x": axes[0],
        "y": axes[1],
        "z": scaled,
        "colorscale": plotly_scale("sequential"),
        "reversescale": True,
        "customdata": _hovers(axes, losses),
        "hovertemplate": "%{customdata}<extra></extra>",
    }


def _hovers(axes: tuple[np.ndarray, np.ndarray], losses: np.ndarray) -> list[list[str]]:
    """Texts (rows, columns) for the places under the pointer."""
    first = [number(value) for value in axes[0].tolist()]
    return [
        [f"{x}, {number(y)}: loss {number(loss, '.4g')}" for x, loss in zip(first, row, strict=True)]
        for y, row in zip(axes[1].tolist(), losses.tolist(), strict=True)
    ]


def _way(place: int, name: str, way: np.ndarray) -> go.Scatter:
    colour = RUNS[place % len(RUNS)]
    sizes = [0] * (len(way) - 1) + [11]
    return go.Scatter(
        x=way[:, 0],
        y=way[:, 1],
        name=name,
        mode="lines+markers",
        line={"color": colour, "width": 2.5, "dash": DASHES[place % len(DASHES)]},
        marker={
            "size": sizes,
            "color": colour,
            "symbol": SYMBOLS[place % len(SYMBOLS)],
            "line": {"color": "#ffffff", "width": 1},
        },
        unselected={"marker": {"opacity": 1}},  # a click on a place is no choice among the ways
        customdata=[f"{name}: {number(x)}, {number(y)}" for x, y in way.tolist()],
        hovertemplate="%{customdata}<extra></extra>",
    )


def _scale(losses: np.ndarray) -> tuple[np.ndarray, list[float]]:
    """Losses on a logarithmic scale of their height above the lowest, and evenly spaced ticks of it."""
    scaled = _heights(losses, losses)
    return scaled, np.linspace(float(scaled.min()), 0.0, TICKS).tolist()


def _heights(values: np.ndarray, losses: np.ndarray) -> np.ndarray:
    """Place values (…) on the logarithmic scale of losses (rows, columns), whose highest is at 0."""
    low, span = losses.min(), max(float(np.ptp(losses)), 1e-12)
    return np.log10(np.maximum((values - low) / span, FLOOR))


def _write_ticks(losses: np.ndarray, ticks: Sequence[float]) -> list[str]:
    low, span = float(losses.min()), float(np.ptp(losses))
    return [number(low + span * (10**tick if tick > np.log10(FLOOR) else 0)) for tick in ticks]
