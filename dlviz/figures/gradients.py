"""Gradients on their way back through time, and gradient descent with and without clipping."""

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go

from dlviz.figures.layout import figure
from dlviz.figures.theme import ACCENT, CLASSES

LOWEST = 1e-40  # of the axis: what lies below is drawn on its edge
# Tone, dash and marker: no two networks are told apart by colour alone.
STYLES = {
    "RNN": (CLASSES[8], "dash"),
    "LSTM": (CLASSES[2], "solid"),
    "GRU": (CLASSES[4], "dot"),
}


def through_time(hidden: Mapping[str, np.ndarray], cell: np.ndarray | None = None) -> go.Figure:
    """Draw ‖∂L/∂h_t‖ of each network over the steps back from the end, on a logarithmic axis.

    Args:
        hidden: network -> (steps,) norms, in the order of time.
        cell: (steps,) the LSTM's ‖∂L/∂c_t‖, drawn as a thin line.
    """
    lines = [_line(name, norms, *STYLES[name], 2.5) for name, norms in hidden.items()]
    if cell is not None:
        lines.append(_line("LSTM’s cell", cell, STYLES["LSTM"][0], "dashdot", 1.2))
    norms = np.concatenate([*hidden.values(), *([] if cell is None else [cell])])
    decades = np.log10(np.maximum([norms.min(), norms.max()], LOWEST))
    steps = max(len(values) for values in hidden.values())
    return figure(
        lines,
        430,
        showlegend=True,
        legend={"orientation": "h", "y": 1.08, "x": 0},
        xaxis={"title": {"text": "steps back from the end"}, "range": [-0.5, steps - 0.5]},
        yaxis={
            "type": "log",
            "range": [float(np.floor(decades[0])) - 0.5, float(np.ceil(decades[1])) + 0.5],
            "title": {"text": "‖∂L/∂h‖"},
            "exponentformat": "power",
            "showexponent": "all",
        },
        margin={"l": 70, "r": 12, "t": 30, "b": 44},
    )


def _line(name: str, norms: np.ndarray, colour: str, dash: str, width: float) -> go.Scatter:
    back = norms[::-1]
    return go.Scatter(
        x=np.arange(len(back)),
        y=np.maximum(back, LOWEST),
        name=name,
        mode="lines",
        line={"color": colour, "dash": dash, "width": width},
        customdata=[f"{value:.2e}" for value in back],
        hovertemplate="%{x} steps back: %{customdata}<extra>" + name + "</extra>",
    )


def descents(losses: Mapping[str, Sequence[float]]) -> go.Figure:
    """Draw the loss of each batch, in nats, over the steps of gradient descent; the second run dashed."""
    styles = [(CLASSES[2], "solid"), (ACCENT, "dash")]
    lines = [
        go.Scatter(
            x=list(range(len(values))),
            y=list(values),
            name=name,
            mode="lines",
            line={"color": colour, "dash": dash, "width": 2.2},
            hovertemplate="step %{x}: %{y:.3g} nats<extra>" + name + "</extra>",
        )
        for (name, values), (colour, dash) in zip(losses.items(), styles, strict=False)
    ]
    return figure(
        lines,
        300,
        showlegend=True,
        legend={"orientation": "h", "y": 1.12, "x": 0},
        xaxis={"title": {"text": "step of gradient descent"}},
        yaxis={"title": {"text": "loss in nats"}, "rangemode": "tozero"},
    )
