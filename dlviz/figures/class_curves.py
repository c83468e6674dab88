"""Curves of a class laid over each other."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go

from dlviz.figures import theme
from dlviz.figures.layout import figure
from dlviz.figures.theme import RUNS

FAINT = 0.45  # opacity of one learner's curve among many


@dataclass(frozen=True)
class Scale:
    """An axis from low to high; a logarithmic one begins above 0."""

    title: str
    low: float
    high: float
    log: bool = False


def draw_predictions(
    places: Sequence[float],
    rounds: Sequence[Sequence[Sequence[float]]],
    answer: Sequence[float] | None,
    axes: Sequence[Scale],
    before: Sequence[float] = (),
    before_title: str = "",
) -> go.Figure:
    """All curves that were drawn, of each vote in its colour, and the computed one over them.

    Args:
        places: at which the curves have values.
        rounds: of each vote, each learner's values at the places.
        answer: the computed values, NaN where nothing is known; None before it is revealed.
        axes: of the places and of the values, on which the curves were drawn.
        before: values at the first places as they are before the change asked about, drawn faintly.
        before_title: what they are, in the legend.
    """
    traces: list[go.Scatter] = []
    if before:
        traces.append(
            go.Scatter(
                x=list(places[: len(before)]),
                y=list(before),
                mode="lines",
                line={"color": theme.WEAK, "width": 2, "dash": "dot"},
                name=before_title,
                hoverinfo="skip",
            )
        )
    for round_, curves in enumerate(rounds):
        last = round_ == len(rounds) - 1
        for at, curve in enumerate(curves):
            traces.append(
                go.Scatter(
                    x=list(places),
                    y=list(curve),
                    mode="lines",
                    opacity=FAINT if last else FAINT / 2,
                    line={"color": theme.ACCENT if last else theme.WEAK, "width": 2},
                    name="Expected" if last else "Before talking",
                    legendgroup=str(round_),
                    showlegend=at == 0,
                    hoverinfo="skip",
                )
            )
    if answer is not None:
        traces.append(
            go.Scatter(
                x=list(places),
                y=list(answer),
                mode="lines+markers",
                line={"color": theme.STRONG, "width": 4},
                name="Computed",
            )
        )
    across, up = map(_write_axis, axes)
    legend = {"orientation": "h", "y": 1.02, "yanchor": "bottom"}
    return figure(traces, 380, xaxis=across, yaxis=up, showlegend=True, legend=legend)


def _write_axis(axis: Scale) -> dict[str, Any]:
    """The axis as Plotly has it: the ends of a logarithmic one are powers of ten."""
    ends = [math.log10(end) if axis.log else end for end in (axis.low, axis.high)]
    kind = {"type": "log", "exponentformat": "power"} if axis.log else {"type": "linear"}
    return {"title": {"text": axis.title}, **kind, "range": ends}


def draw_losses(curves: Sequence[tuple[np.ndarray, np.ndarray]]) -> go.Figure:
    """Losses of runs over their epochs, laid over each other.

    Args:
        curves: of each run its epochs (epochs,) and the loss after each, (epochs,).
    """
    traces = [
        go.Scatter(
            x=epochs, y=losses, mode="lines+markers", opacity=0.7, line={"color": RUNS[at % len(RUNS)]}
        )
        for at, (epochs, losses) in enumerate(curves)
    ]
    return figure(traces, 320, xaxis_title="epoch", yaxis_title="loss in nats")
