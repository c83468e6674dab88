"""Tokens as points of a plane."""

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go

from dlviz.figures.layout import figure
from dlviz.figures.theme import ACCENT, CLASSES, RUNS
from dlviz.ui.text_format.numbers import number

MANY = 90  # tokens: of more, the words are on hover alone
SYMBOLS = [
    "circle",
    "square",
    "diamond",
    "cross",
    "x",
    "triangle-up",
    "star",
    "hexagon",
    "pentagon",
    "bowtie",
]


def plane(
    points: np.ndarray,
    sentence: np.ndarray,
    words: Sequence[str],
    chosen: Sequence[int] = (),
    limit: float | None = None,
) -> go.Figure:
    """Draw tokens as points, a colour and a shape a sentence; chosen ones large, with the sentence's number.

    Args:
        points: (token, 2).
        sentence: (token,) the number of each one's sentence, from 0.
        words: the tokens.
        chosen: places of the chosen tokens.
        limit: largest coordinate of the axes, so that several pictures can share them.
    """
    traces = [
        _tokens(
            points,
            sentence,
            words,
            [at for at in range(len(words)) if sentence[at] == number and at not in chosen],
            number,
        )
        for number in range(int(sentence.max()) + 1)
    ]
    traces.append(_chosen(points, sentence, words, list(chosen)))
    axis: dict[str, object] = {
        "zeroline": False,
        "showticklabels": False,
        "showgrid": True,
        "gridcolor": "#8a939e33",
    }
    if limit:
        axis |= {"range": [-1.1 * limit, 1.1 * limit]}
    return figure(
        traces,
        470,
        xaxis=axis,
        yaxis=axis,
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
        showlegend=True,
        legend={"orientation": "h", "y": -0.02, "x": 0},
    )


def likeness_by_layer(curves: Mapping[str, np.ndarray], layer: int) -> go.Figure:
    """Draw mean cosines (layer,) of pairs by layer, a line a name, and mark a layer."""
    traces = [
        go.Scatter(
            x=[*range(len(values))],
            y=values,
            name=name,
            mode="lines+markers",
            line={"color": RUNS[at % len(RUNS)]},
            customdata=[number(value, ".3f") for value in values],
            hovertemplate="layer %{x}: %{customdata}<extra>" + name + "</extra>",
        )
        for at, (name, values) in enumerate(curves.items())
    ]
    marked = {"type": "line", "x0": layer, "x1": layer, "yref": "paper", "y0": 0, "y1": 1}
    return figure(
        traces,
        200,
        xaxis={
            "title": "layer",
            "dtick": 1 if len(next(iter(curves.values()))) < 16 else 4,
            "showgrid": False,
        },
        yaxis={"title": "mean cosine"},
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
        showlegend=True,
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
        shapes=[marked | {"line": {"color": ACCENT, "width": 1.5, "dash": "dot"}}],
    )


def _tokens(
    points: np.ndarray, sentence: np.ndarray, words: Sequence[str], places: list[int], number: int
) -> go.Scatter:
    return go.Scatter(
        x=points[places, 0],
        y=points[places, 1],
        text=[str(words[at]) for at in places],
        mode="markers" if len(words) > MANY else "markers+text",
        textposition="top center",
        textfont={"size": 10, "color": "#8a939e"},
        marker={
            "color": CLASSES[number % len(CLASSES)],
            "symbol": SYMBOLS[number % len(SYMBOLS)],
            "size": 8,
            "line": {"width": 0.6, "color": "#8a939e"},
        },
        name=f"sentence {number + 1}",
        hovertemplate="%{text}<extra>sentence " + str(number + 1) + "</extra>",
    )


def _chosen(points: np.ndarray, sentence: np.ndarray, words: Sequence[str], places: list[int]) -> go.Scatter:
    numbers = [int(sentence[at]) + 1 for at in places]
    return go.Scatter(
        x=points[places, 0],
        y=points[places, 1],
        text=[f"<b>{number}</b>" for number in numbers],
        mode="markers+text",
        textfont={"size": 13, "color": "#ffffff"},
        marker={"color": ACCENT, "size": 24, "line": {"width": 1.5, "color": "#ffffff"}},
        name="the word that is followed",
        hovertemplate="sentence %{text}<extra></extra>",
        showlegend=False,
    )
