"""A saw-tooth, and curves that are to be it."""

from collections.abc import Mapping

import numpy as np
import plotly.graph_objects as go

from dlviz.figures.layout import figure
from dlviz.figures.theme import ACCENT, STRONG

STYLES = ({"color": STRONG, "width": 2.5}, {"color": ACCENT, "width": 2, "dash": "dot"})


def draw_sawtooth_fits(x: np.ndarray, teeth: np.ndarray, fits: Mapping[str, np.ndarray]) -> go.Figure:
    """Draw the saw-tooth (points,) at places x (points,), and up to two curves (points,) over it."""
    traces = [
        go.Scatter(x=x, y=teeth, name="Saw-tooth", line={"color": "#8a939e", "width": 6}, opacity=0.45),
        *(
            go.Scatter(x=x, y=y, name=label, line=style)
            for (label, y), style in zip(fits.items(), STYLES, strict=False)
        ),
    ]
    return figure(
        traces,
        280,
        xaxis={"range": [0, 1], "zeroline": False},
        yaxis={"range": [-0.3, 1.3], "zeroline": False},
        showlegend=True,
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
        margin={"l": 40, "r": 8, "t": 24, "b": 30},
    )
