"""A small matrix as a heat map with its numbers."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from dlviz.figures.layout import figure
from dlviz.figures.theme import plotly_scale
from dlviz.ui.text_format.numbers import number


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
        text=[[number(value, f".{decimals}f") for value in row] for row in values],
        texttemplate="%{text}",
        customdata=[[number(value, ".4g") for value in row] for row in values],
        hovertemplate="%{y}, %{x}: %{customdata}<extra></extra>",
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
