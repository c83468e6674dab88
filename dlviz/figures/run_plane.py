"""The loss in the plane of runs' checkpoints: contours or a surface, paths, and each checkpoint's stem."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from dlviz.figures.layout import figure
from dlviz.figures.theme import RUNS, plotly_scale
from dlviz.figures.training import DASHES, SYMBOLS
from dlviz.ui.text_format.numbers import number

LINES, TICKS = 20, 3  # of equal loss; fewest on a scale
LEAST = 1e-6  # loss on the logarithmic scale
STEM = "#8a939d"
# From the low side, so that no slope hides the paths.
CAMERA = {"eye": {"x": 1.5, "y": -1.5, "z": 0.9}, "center": {"x": 0, "y": 0, "z": -0.15}}
LEGEND = {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0}


@dataclass(frozen=True, eq=False)
class Path:
    """A run's checkpoints, oldest first.

    Args:
        places: (checkpoints, 2) nearest to them in the plane.
        steps: (checkpoints,) after which they were kept.
        losses: (checkpoints,) of their own.
        shadows: (checkpoints,) of the plane at their places.
    """

    places: np.ndarray
    steps: Sequence[int]
    losses: np.ndarray
    shadows: np.ndarray


def contours(
    axes: tuple[np.ndarray, np.ndarray],
    names: tuple[str, str],
    losses: np.ndarray,
    paths: Mapping[str, Path],
) -> go.Figure:
    """Draw lines of equal loss, evenly on a logarithmic scale, and the paths over them.

    Args:
        axes: (columns,) values across and (rows,) upward.
        names: of both.
        losses: (rows, columns); NaN where they are no numbers.
        paths: by their labels; the place of one decides colour, dash and marker.
    """
    ticks = _choose_ticks(losses)
    colour_bar = {
        "title": {"text": "loss"},
        "tickvals": np.log10(ticks).tolist(),
        "ticktext": [number(tick) for tick in ticks],
    }
    ground = go.Contour(
        x=axes[0],
        y=axes[1],
        z=_to_log(losses),
        colorscale=plotly_scale("sequential"),
        reversescale=True,
        ncontours=LINES,
        colorbar=colour_bar,
        line={"width": 0.6, "color": "#5a6572"},
        customdata=_hovers(axes, losses),
        hovertemplate="%{customdata}<extra></extra>",
    )
    return figure(
        [ground, *(trace for at, way in enumerate(paths.items()) for trace in _path(at, *way))],
        480,
        xaxis={"title": {"text": names[0]}, "range": [axes[0][0], axes[0][-1]]},
        yaxis={"title": {"text": names[1]}, "range": [axes[1][0], axes[1][-1]]},
        showlegend=True,
        legend=LEGEND,
        margin={"l": 56, "r": 12, "t": 48, "b": 48},
    )


def relief(
    axes: tuple[np.ndarray, np.ndarray],
    names: tuple[str, str],
    losses: np.ndarray,
    paths: Mapping[str, Path],
) -> go.Figure:
    """Draw the losses as a surface, and each checkpoint on a stem from the plane's loss to its own.

    Args:
        axes: (columns,) values across and (rows,) upward.
        losses: (rows, columns); NaN where they are no numbers.
        (The others as of `contours`.)
    """
    heights = _to_log(losses)
    low, high = float(np.nanmin(heights)), float(np.nanmax(heights))
    traces: list[object] = [
        # The scale's white end lies above the highest loss: white could not be seen on a light page.
        go.Surface(
            x=axes[0],
            y=axes[1],
            z=heights,
            colorscale=plotly_scale("sequential"),
            reversescale=True,
            cmin=low,
            cmax=high + 0.3 * (high - low),
            opacity=0.75,
            lighting={"ambient": 0.9, "diffuse": 0.4},
            showscale=False,
            customdata=_hovers(axes, losses),
            hovertemplate="%{customdata}<extra></extra>",
        )
    ]
    for at, (label, path) in enumerate(paths.items()):
        own, shadows = _to_log(path.losses), _to_log(path.shadows)
        line = {"color": RUNS[at % len(RUNS)], "width": 5}
        gap = np.full(len(own), np.nan)
        traces += [
            go.Scatter3d(
                x=np.repeat(path.places[:, 0], 3),
                y=np.repeat(path.places[:, 1], 3),
                z=np.stack([shadows, own, gap], 1).ravel(),
                mode="lines",
                line={"color": STEM, "width": 4},
                hoverinfo="skip",
                showlegend=False,
            ),
            go.Scatter3d(
                x=path.places[:, 0],
                y=path.places[:, 1],
                z=own,
                mode="lines+markers",
                line=line,
                marker={"size": 3.5, "color": line["color"]},
                name=label,
                customdata=_tell_checkpoints(label, path),
                hovertemplate="%{customdata}<extra></extra>",
            ),
        ]
    ticks = _choose_ticks(losses)
    vertical = {"tickvals": np.log10(ticks).tolist(), "ticktext": [number(tick) for tick in ticks]}
    scene = {
        "xaxis": {"title": {"text": names[0]}},
        "yaxis": {"title": {"text": names[1]}},
        "zaxis": {"title": {"text": "loss"}, **vertical},
        "camera": CAMERA,
        "aspectmode": "manual",
        "aspectratio": {"x": 1.1, "y": 1.1, "z": 0.8},
    }
    return figure(
        traces, 520, scene=scene, showlegend=True, legend=LEGEND, margin={"l": 0, "r": 0, "t": 32, "b": 0}
    )


def stems(paths: Mapping[str, Path]) -> go.Figure:
    """Draw each checkpoint's own loss as a marker, on a stem from the plane's loss at its place."""
    steps = sorted({step for path in paths.values() for step in path.steps})
    traces: list[object] = []
    for at, (label, path) in enumerate(paths.items()):
        # Checkpoints lie ever further apart: each step of one has as much room. Runs stand side by side.
        across = np.array([steps.index(step) for step in path.steps]) + 0.16 * (at - (len(paths) - 1) / 2)
        gap = np.full(len(across), np.nan)
        colour = RUNS[at % len(RUNS)]
        traces += [
            go.Scatter(
                x=np.repeat(across, 3),
                y=np.stack([path.shadows, path.losses, gap], 1).ravel(),
                mode="lines",
                line={"color": colour, "width": 1.5},
                hoverinfo="skip",
                showlegend=False,
            ),
            go.Scatter(
                x=across,
                y=path.shadows,
                mode="markers",
                marker={"symbol": "line-ew-open", "size": 9, "color": colour, "line": {"width": 2}},
                hoverinfo="skip",
                showlegend=False,
            ),
            go.Scatter(
                x=across,
                y=path.losses,
                mode="markers",
                marker={"symbol": SYMBOLS[at % len(SYMBOLS)], "size": 9, "color": colour},
                name=label,
                customdata=_tell_checkpoints(label, path),
                hovertemplate="%{customdata}<extra></extra>",
            ),
        ]
    every = np.concatenate([[*path.losses, *path.shadows] for path in paths.values()])
    ticks = _choose_ticks(every)
    return figure(
        traces,
        300,
        xaxis={
            "title": {"text": "checkpoint, by its step"},
            "tickvals": [*range(len(steps))],
            "ticktext": [f"{step:,}" for step in steps],
            "showgrid": False,
        },
        yaxis={
            "title": {"text": "loss"},
            "type": "log",
            "tickvals": ticks,
            "ticktext": [number(tick) for tick in ticks],
        },
        showlegend=True,
        legend=LEGEND,
        margin={"l": 56, "r": 12, "t": 32, "b": 48},
    )


def _path(at: int, label: str, path: Path) -> list[go.Scatter]:
    """A path's line with its checkpoints, and below it a white one, for its colour may be the ground's."""
    colour, (x, y) = RUNS[at % len(RUNS)], path.places.T
    below = {"color": "#ffffff", "width": 6}
    return [
        go.Scatter(x=x, y=y, mode="lines", line=below, opacity=0.75, hoverinfo="skip", showlegend=False),
        go.Scatter(
            x=x,
            y=y,
            name=label,
            mode="lines+markers",
            line={"color": colour, "width": 2.5, "dash": DASHES[at % len(DASHES)]},
            marker={
                "size": [7] * (len(path.steps) - 1) + [13],
                "color": colour,
                "symbol": SYMBOLS[at % len(SYMBOLS)],
                "line": {"color": "#ffffff", "width": 1.5},
            },
            customdata=_tell_checkpoints(label, path),
            hovertemplate="%{customdata}<extra></extra>",
        ),
    ]


def _tell_checkpoints(label: str, path: Path) -> list[str]:
    return [
        f"{label}, step {step:,}: loss {number(own, '.4g')}, in the plane {number(shadow, '.4g')}"
        for step, own, shadow in zip(path.steps, path.losses.tolist(), path.shadows.tolist(), strict=True)
    ]


def _hovers(axes: tuple[np.ndarray, np.ndarray], losses: np.ndarray) -> list[list[str]]:
    """Texts (rows, columns) for the places under the pointer."""
    first = [number(value) for value in axes[0].tolist()]
    return [
        [f"{x}, {number(y)}: loss {number(loss, '.4g')}" for x, loss in zip(first, row, strict=True)]
        for y, row in zip(axes[1].tolist(), losses.tolist(), strict=True)
    ]


def _to_log(losses: np.ndarray) -> np.ndarray:
    return np.log10(np.maximum(losses, LEAST))


def _choose_ticks(losses: np.ndarray) -> list[float]:
    """Round losses on the logarithmic scale: of each power of ten as few as are enough."""
    heights = _to_log(losses[np.isfinite(losses)])
    low, high = float(heights.min()), float(heights.max())
    powers = range(math.floor(low), math.ceil(high) + 1)
    ticks = list[float]()
    for parts in ((1,), (1, 3), (1, 2, 5), (1, 1.5, 2, 3, 4, 5, 6, 8)):
        if len(ticks) < TICKS:
            every = [part * 10.0**power for power in powers for part in parts]
            ticks = [tick for tick in every if low <= math.log10(tick) <= high]
    return ticks if len(ticks) > 1 else [10**low, 10**high]
