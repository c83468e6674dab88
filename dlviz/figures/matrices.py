"""A small matrix as a heat map with its numbers."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from dlviz.figures.layout import figure
from dlviz.figures.theme import plotly_scale


def matrix(values: np.ndarray, rows: Sequence[str], columns: Sequence[str], decimals: int = 2) -> go.Figure:
    """Draw a matrix: blue for positive numbers, orange for negative ones, white for 0.

    Args:
        values: (row, column) finite.
        rows, columns: their names; no name twice.
    """
    limit = float(np.abs(values).max()) or 1.0
    heat = go.Heatmap(
        z=values,
        x=list(columns),
        y=list(rows),
        zmin=-limit,
        zmax=limit,
        colorscale=plotly_scale("diverging"),
        showscale=False,
        text=[[_number(value, decimals) for value in row] for row in values],
        texttemplate="%{text}",
        hovertemplate="%{y}, %{x}: %{z:.4g}<extra></extra>",
        xgap=1,
        ygap=1,
    )
    axis = {"type": "category", "fixedrange": True, "showgrid": False}
    return figure(
        [heat],
        max(120, 34 * len(rows) + 40),
        xaxis={**axis, "side": "top"},
        yaxis={**axis, "autorange": "reversed"},
        margin={"l": 60, "r": 4, "t": 24, "b": 4},
    )


def _number(value: float, decimals: int) -> str:
    """Write a number with a true minus sign, but none before a 0."""
    return f"{round(float(value), decimals) + 0.0:.{decimals}f}".replace("-", "−")
