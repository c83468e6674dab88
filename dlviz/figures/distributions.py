"""Distributions: a channel before and after it is normed, and answers that vary from draw to draw."""

from collections.abc import Sequence
from html import escape
from itertools import pairwise

import numpy as np
import plotly.graph_objects as go

from dlviz.figures.layout import check_vector, figure
from dlviz.figures.theme import ACCENT, STRONG, WEAK
from dlviz.ui.text_format.numbers import number, percent

BINS = 60
_DOTTED = {"type": "line", "line": {"color": ACCENT, "width": 1.5, "dash": "dot"}}


def before_and_after(before: np.ndarray, after: np.ndarray) -> go.Figure:
    """Draw the histograms of a channel before and after its norm over one axis, each with its mean.

    Args:
        before, after: (values,).
    """
    both = np.concatenate([check_vector(before, "before"), check_vector(after, "after")])
    low, high = float(both.min()), float(both.max())
    edges = np.histogram_bin_edges(both, BINS, (low, high) if high > low else (low - 0.5, low + 0.5))
    ends = [f"{number(left)} to {number(right)}" for left, right in pairwise(edges)]
    traces, shapes = [], []
    for axis, values, colour in (("", before, WEAK), ("2", after, STRONG)):
        counts, _ = np.histogram(values, edges)
        shares = counts / counts.sum()
        traces.append(
            go.Bar(
                x=(edges[:-1] + edges[1:]) / 2,
                y=shares,
                width=np.diff(edges),
                marker={"color": colour},
                yaxis=f"y{axis}",
                customdata=[f"{text}: {percent(share)}" for text, share in zip(ends, shares, strict=True)],
                hovertemplate="%{customdata} of its values<extra></extra>",
            )
        )
        mean = {"x0": values.mean(), "x1": values.mean(), "y0": 0, "y1": 1}
        shapes.append({**_DOTTED, **mean, "yref": f"y{axis} domain"})
    shares_axis = {"tickformat": ".0%", "rangemode": "tozero", "nticks": 4}
    return figure(
        traces,
        300,
        shapes=shapes,
        bargap=0,
        xaxis={"title": {"text": "value"}, "anchor": "y2"},
        yaxis={**shares_axis, "title": {"text": "before"}, "domain": [0.55, 1]},
        yaxis2={**shares_axis, "title": {"text": "after"}, "domain": [0, 0.45]},
    )


def leads(
    values: np.ndarray, fixed: float, target: str, first: int = 0, selected: int = -1, axis: str = "draw"
) -> go.Figure:
    """Draw the lead of a class in each of several draws as a dot, and as a line what it is without any draw.

    Args:
        values: (draws,), in logits; below 0 where another class is ahead.
        fixed: the lead without a draw.
        target: the class's name.
        first: number of the first draw.
        selected: place of the draw that is marked.
        axis: title of the x axis.
    """
    values = check_vector(values, "leads")
    places = [first + place for place in range(len(values))]
    dots = go.Scatter(
        x=places,
        y=values,
        mode="markers",
        marker=_marked(selected, len(values), 9),
        customdata=[number(value) for value in values],
        hovertemplate=f"{axis} %{{x}}: %{{customdata}}<extra></extra>",
    )
    low, high = min(0.0, fixed, float(values.min())), max(0.0, fixed, float(values.max()))
    margin = 0.08 * (high - low or 1)
    line = {"x0": 0, "x1": 1, "xref": "paper", "y0": fixed, "y1": fixed}
    # Above the dots, which may lie anywhere beside the line.
    note = {"x": 1, "y": 1, "xref": "paper", "yref": "paper", "xanchor": "right", "yanchor": "bottom"}
    return figure(
        [dots],
        240,
        shapes=[{**_DOTTED, **line}],
        annotations=[{**note, "text": "dotted: evaluation mode", "showarrow": False}],
        yaxis={
            "title": {"text": f"lead of {escape(target)} (logits)"},
            "range": [low - margin, high + margin],
            "zeroline": True,
        },
        xaxis={"title": {"text": axis}, "range": [first - 0.8, places[-1] + 0.8], "showgrid": False},
    )


def kept_and_measured(
    kept: np.ndarray, measured: np.ndarray, item: str, selected: int, quantity: str
) -> go.Figure:
    """Draw a quantity of each channel as kept against as measured: equal ones lie on the dotted line.

    Args:
        kept, measured: (channels,).
        item: what a channel is called.
        selected: number of the channel that is marked.
        quantity: such as mean.
    """
    kept, measured = check_vector(kept, "kept"), check_vector(measured, "measured")
    both = np.concatenate([kept, measured])
    low, high = float(both.min()), float(both.max())
    margin = 0.05 * (high - low or 1)
    ends = [low - margin, high + margin]
    dots = go.Scatter(
        x=measured,
        y=kept,
        mode="markers",
        marker=_marked(selected, len(kept), 7),
        customdata=[
            f"{item} {channel}: kept {number(one)}, measured {number(other)}"
            for channel, (one, other) in enumerate(zip(kept, measured, strict=True))
        ],
        hovertemplate="%{customdata}<extra></extra>",
    )
    return figure(
        [dots],
        260,
        shapes=[{**_DOTTED, "x0": ends[0], "x1": ends[1], "y0": ends[0], "y1": ends[1]}],
        xaxis={"title": {"text": f"{quantity}, measured"}, "range": ends},
        yaxis={"title": {"text": f"{quantity}, kept"}, "range": ends},
    )


def spreads(values: np.ndarray, fixed: np.ndarray, names: Sequence[str]) -> go.Figure:
    """Draw the logits of each class over many draws as a box, and a diamond for what it is without any draw.

    Args:
        values: (draws, classes); the line in a box is their median, the dashed one their mean.
        fixed: (classes,) without a draw.
        names: of the classes.
    """
    places = list(range(len(names)))
    boxes = [
        go.Box(
            x=[place] * len(values),
            y=values[:, place],
            boxmean=True,
            marker={"color": STRONG, "size": 3},
            line={"width": 1.2},
            hoverinfo="y",
            name=escape(names[place]),
        )
        for place in places
    ]
    rest = go.Scatter(
        x=places,
        y=fixed,
        mode="markers",
        marker={"color": ACCENT, "symbol": "diamond", "size": 8},
        customdata=[
            f"{escape(name)}, evaluation mode: {number(value)}"
            for name, value in zip(names, fixed, strict=True)
        ],
        hovertemplate="%{customdata}<extra></extra>",
    )
    return figure(
        [*boxes, rest],
        300,
        yaxis={"title": {"text": "logit"}, "zeroline": True},
        xaxis={"tickvals": places, "ticktext": [escape(name) for name in names], "showgrid": False},
    )


def _marked(selected: int, count: int, size: int) -> dict[str, list]:
    """Markers of dots, the selected one in another colour, shape and size."""
    chosen = [place == selected for place in range(count)]
    return {
        "color": [ACCENT if each else STRONG for each in chosen],
        "symbol": ["diamond" if each else "circle" for each in chosen],
        "size": [13 if each else size for each in chosen],
    }
