"""Probabilities and effects as bars."""

from html import escape

import numpy as np
import plotly.graph_objects as go

from dlviz.figures.layout import check_vector, figure
from dlviz.figures.theme import ACCENT, STRONG, WEAK


def probabilities(values: np.ndarray) -> go.Figure:
    """Draw probabilities as one bar a class, the most probable one strong.

    Args:
        values: (classes,) in [0, 1].
    """
    values = check_vector(values, "probabilities")
    colours = [STRONG if index == values.argmax() else WEAK for index in range(len(values))]
    bars = go.Bar(
        x=[str(index) for index in range(len(values))],
        y=values,
        marker={"color": colours},
        hovertemplate="%{x}: %{y:.1%}<extra></extra>",
    )
    axis = {"range": [0, 1], "tickformat": ".0%", "title": {"text": "probability"}}
    return figure([bars], 260, yaxis=axis, xaxis={"type": "category"})


def effects(values: np.ndarray, before: float, target: str, selected: int = -1) -> go.Figure:
    """Draw the probability of a class with each channel alone switched off, as bars from what it was before.

    Args:
        values: (channels,) in [0, 1], the probability without that channel.
        before: the probability with all of them.
        target: the class's name.
        selected: a channel to outline.
    """
    values = check_vector(values, "effects")
    bars = go.Bar(
        x=list(range(len(values))),
        y=values - before,
        base=before,
        marker={
            "color": STRONG,
            "line": {"color": ACCENT, "width": [2.5 * (i == selected) for i in range(len(values))]},
        },
        customdata=values,
        hovertemplate="without map %{x}: %{customdata:.1%}<extra></extra>",
    )
    line = {"type": "line", "x0": 0, "x1": 1, "xref": "paper", "y0": before, "y1": before}
    return figure(
        [bars],
        240,
        shapes=[{**line, "line": {"color": WEAK, "width": 1.5, "dash": "dot"}}],
        yaxis={
            "range": [0, 1.02],
            "tickformat": ".0%",
            "title": {"text": f"probability of {escape(target)}"},
        },
        xaxis={"title": {"text": "switched off: map"}, "range": [-0.8, len(values) - 0.2]},
    )
