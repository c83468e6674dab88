"""A mean over several draws as a line, within the band of all of them."""

from collections.abc import Callable, Sequence
from html import escape

import numpy as np
import plotly.graph_objects as go

from dlviz.figures.theme import RUNS
from dlviz.figures.training import DASHES, SYMBOLS


def with_band(
    label: str,
    place: int,
    x: Sequence[float] | np.ndarray,
    values: Sequence[np.ndarray],
    describe: Callable[[np.ndarray], str],
) -> list[go.Scatter]:
    """Draw the mean of several values a place as a line, their range as a band, and each as a point.

    Args:
        label: in the legend.
        place: among the lines of a figure; it decides colour, dash and marker.
        x: of each place.
        values: of each place, (draws,).
        describe: says the values of a place under the pointer.
    """
    colour, symbol = RUNS[place % len(RUNS)], SYMBOLS[place % len(SYMBOLS)]
    band = go.Scatter(
        x=[*x, *x[::-1]],
        y=[*(each.max() for each in values), *(each.min() for each in values[::-1])],
        fill="toself",
        fillcolor=colour,
        opacity=0.18,
        line={"width": 0},
        hoverinfo="skip",
        showlegend=False,
        legendgroup=label,
    )
    draws = go.Scatter(
        x=np.repeat(x, [len(each) for each in values]),
        y=np.concatenate(values) if values else [],
        mode="markers",
        marker={"color": colour, "symbol": symbol, "size": 5, "opacity": 0.55},
        hoverinfo="skip",
        showlegend=False,
        legendgroup=label,
    )
    mean = go.Scatter(
        x=x,
        y=[each.mean() for each in values],
        name=escape(label, quote=False),
        mode="lines+markers",
        line={"color": colour, "dash": DASHES[place % len(DASHES)], "width": 2},
        marker={"symbol": symbol, "size": 8},
        customdata=list(map(describe, values)),
        hovertemplate="%{customdata}",
        legendgroup=label,
    )
    return [band, draws, mean]
