"""Training curves of one run or several, for a notebook."""

from collections.abc import Mapping, Sequence
from typing import Protocol

import numpy as np
import plotly.graph_objects as go

from dlviz.figures.layout import figure
from dlviz.figures.theme import RUNS

TITLES = {
    "loss": "loss in nats",
    "accuracy": "accuracy",
    "rate": "learning rate",
    "norm": "gradient norm",
    "speed": "samples per second",
}
DASHES = ["solid", "dash", "dot", "dashdot", "longdash"]
SYMBOLS = ["circle", "square", "triangle-up", "diamond", "x"]
HELD_OUT = ("validation", "test")


class Line(Protocol):
    """A line as `dlviz.training.analysis.history.lines` gives it: x, y, low and high are (points,)."""

    @property
    def panel(self) -> str: ...
    @property
    def role(self) -> str: ...
    @property
    def x(self) -> np.ndarray: ...
    @property
    def y(self) -> np.ndarray: ...
    @property
    def low(self) -> np.ndarray | None: ...
    @property
    def high(self) -> np.ndarray | None: ...


def training_curves(
    runs: Mapping[str, Sequence[Line]], axis: str = "steps", panels: Sequence[str] = ("loss", "accuracy")
) -> go.Figure:
    """Draw the lines of each run in panels over one axis: training dashed, the rest with markers.

    Args:
        runs: label -> its lines; with `low` and `high` a shade between them.
        axis: title of the x axis.
        panels: of TITLES, from top to bottom.
    Raises: ValueError for a panel that there is not.
    """
    if unknown := set(panels) - TITLES.keys():
        raise ValueError(f"there is no panel {', '.join(sorted(unknown))}")
    traces = [
        trace
        for place, (label, lines) in enumerate(runs.items())
        for line in lines
        if line.panel in panels
        for trace in _traces(label, place, line, panels.index(line.panel))
    ]
    legend = {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0}
    axes = _axes(panels) | {"xaxis": {"title": {"text": axis}, "anchor": f"y{len(panels)}"}}
    return figure(traces, 120 + 200 * len(panels), showlegend=True, legend=legend, hovermode="x", **axes)


def _axes(panels: Sequence[str]) -> dict[str, object]:
    """Lay out an axis of values for each panel, the first on top."""
    share = 1 / len(panels)
    axes: dict[str, object] = {}
    for at, name in enumerate(panels):
        top = 1 - at * share
        values: dict[str, object] = {"title": {"text": TITLES[name]}, "domain": [top - 0.9 * share, top]}
        if name == "accuracy":
            values["tickformat"] = ".1%"
        axes[f"yaxis{at + 1}"] = values
    return axes


def _traces(label: str, place: int, line: Line, panel: int) -> list[go.Scatter]:
    colour = RUNS[place % len(RUNS)]
    held_out = line.role in HELD_OUT
    drawn = go.Scatter(
        x=line.x,
        y=line.y,
        yaxis=f"y{panel + 1}",
        name=f"{label}, {line.role}",
        mode="lines+markers" if held_out else "markers" if line.role == "train" else "lines",
        opacity=0.3 if line.role == "raw" else 1,
        line={
            "color": colour,
            "dash": "5px,4px" if held_out else DASHES[place % len(DASHES)],
            "width": 1 if line.role == "raw" else 2,
        },
        marker={"symbol": SYMBOLS[place % len(SYMBOLS)] + ("" if held_out else "-open"), "size": 7},
        showlegend=panel == 0,
    )
    return [drawn] if line.low is None or line.high is None else [_shade(line, panel, colour), drawn]


def _shade(line: Line, panel: int, colour: str) -> go.Scatter:
    """Shade the range of several seeds, there and back."""
    assert line.low is not None
    assert line.high is not None
    return go.Scatter(
        x=np.concatenate([line.x, line.x[::-1]]),
        y=np.concatenate([line.high, line.low[::-1]]),
        yaxis=f"y{panel + 1}",
        fill="toself",
        fillcolor=colour,
        opacity=0.2,
        line={"width": 0},
        hoverinfo="skip",
        showlegend=False,
    )
