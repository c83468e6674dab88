"""Training curves of one run or several, for a notebook."""

from collections.abc import Mapping, Sequence
from typing import Protocol

import numpy as np
import plotly.graph_objects as go

from dlviz.figures.layout import figure
from dlviz.figures.theme import RUNS
from dlviz.ui.text_format.numbers import number, percent

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


def seed_dots(
    values: Mapping[str, np.ndarray], axis: str, shares: bool, guess: tuple[float, str] | None = None
) -> go.Figure:
    """Draw what each seed has reached as a dot, a row a label, and a line at their mean.

    Args:
        values: label -> (seeds,).
        axis: title of the x axis.
        shares: true for shares in [0, 1], drawn in per cent.
        guess: what a guess reaches, and its name: a dotted line, if it is not far from all dots.
    """
    scale = 100 if shares else 1
    traces = []
    for place, (label, reached) in enumerate(values.items()):
        colour, symbol = RUNS[place % len(RUNS)], SYMBOLS[place % len(SYMBOLS)]
        written = [percent(value, 2) if shares else number(value) for value in reached]
        traces.append(
            go.Scatter(
                x=scale * reached,
                y=[label] * len(reached),
                mode="markers",
                marker={"color": colour, "symbol": symbol, "size": 11, "opacity": 0.75},
                text=written,
                hovertemplate="%{y}: %{text}<extra></extra>",
            )
        )
        mean = {"color": colour, "symbol": "line-ns-open", "size": 22, "line": {"width": 2}}
        traces.append(
            go.Scatter(x=[scale * reached.mean()], y=[label], mode="markers", marker=mean, hoverinfo="skip")
        )
    layout: dict[str, object] = {
        "xaxis": {"title": {"text": axis}, "ticksuffix": " %" if shares else ""},
        "yaxis": {"autorange": "reversed", "type": "category"},
        "margin": {"l": 150, "r": 16, "t": 24, "b": 44},
    }
    if guess and _is_near(guess[0], np.concatenate([*values.values()])):
        at = scale * guess[0]
        line = {"type": "line", "yref": "paper", "x0": at, "x1": at, "y0": 0, "y1": 1}
        layout["shapes"] = [{**line, "line": {"dash": "dot", "width": 1, "color": "#888"}}]
        name = {"x": at, "y": 1, "yref": "paper", "text": guess[1], "showarrow": False}
        layout["annotations"] = [{**name, "yanchor": "bottom"}]
    return figure(traces, 90 + 34 * len(values), **layout)


def _is_near(value: float, others: np.ndarray) -> bool:
    """True if a value is no further from the others (n,) than five times their own range."""
    low, high = float(others.min()), float(others.max())
    return low - 5 * (high - low) <= value <= high + 5 * (high - low)


def training_curves(
    runs: Mapping[str, Sequence[Line]], axis: str = "steps", panels: Sequence[str] = ("loss", "accuracy")
) -> go.Figure:
    """Draw the lines of each run in panels over one axis: dashes tell runs apart, markers what is held out.

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
            "dash": DASHES[place % len(DASHES)],
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
