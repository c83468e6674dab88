"""Figures of a training run: its confusion matrix, and histograms of its weights."""

from collections.abc import Mapping, Sequence
from html import escape

import numpy as np
import plotly.graph_objects as go

from dlviz.figures.layout import figure
from dlviz.figures.theme import POSITIVE, plotly_scale
from dlviz.ui.text_format.numbers import number, percent

MOST = 30  # ridges: more lie on each other


def confusion(counts: np.ndarray, names: Sequence[str]) -> go.Figure:
    """Draw a confusion matrix.

    The colour is the share of its row, on a scale of square roots, so that rare mistakes can be seen.

    Args:
        counts: (classes, classes), the true class by the predicted one.
        names: of the classes.
    Raises: ValueError if these do not fit each other.
    """
    counts = np.asarray(counts)
    if counts.shape != (len(names), len(names)):
        raise ValueError(f"{len(names)} classes have no confusion matrix of shape {counts.shape}")
    # Plotly reads tags in names.
    shown = [escape(name, quote=False) for name in names]
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    heat = go.Heatmap(
        z=np.sqrt(shares),
        x=shown,
        y=shown,
        text=np.where(counts > 0, counts.astype(str), ""),
        texttemplate="%{text}",
        customdata=[[percent(share) for share in row] for row in shares],
        hovertemplate="%{y} taken for %{x}: %{text} (%{customdata})<extra></extra>",
        colorscale=plotly_scale("sequential"),
        zmin=0,
        zmax=1,
        showscale=False,
        xgap=1,
        ygap=1,
    )
    category = {"type": "category"}
    return figure(
        [heat],
        max(260, 60 + 34 * len(names)),
        margin={"l": 90, "r": 12, "t": 24, "b": 60},
        xaxis={**category, "title": {"text": "the network says"}},
        yaxis={**category, "title": {"text": "it is"}, "autorange": "reversed"},
    )


def ridges(spreads: Sequence[Mapping], epochs: Sequence[int], kind: str) -> go.Figure:
    """Draw histograms one behind the other, the newest in front and below.

    Args:
        spreads: each with `low`, `high` and the `counts` of equal bins between; empty ones are left out.
        epochs: the epoch of each.
        kind: name of the values that are counted, such as weights.
    """
    known = [(epoch, one) for epoch, one in zip(epochs, spreads, strict=True) if one.get("counts")]
    known = known[:: -(-len(known) // MOST) or 1]
    lines = [_ridge(at, len(known), epoch, one, kind) for at, (epoch, one) in enumerate(known)]
    ticks = {
        "tickvals": [-at for at in range(len(known))],
        "ticktext": [f"epoch {epoch}" for epoch, _ in known],
        "showgrid": False,
    }
    return figure(
        lines,
        max(220, 120 + 18 * len(known)),
        xaxis={"title": {"text": kind}},
        yaxis=ticks,
        margin={"l": 70, "r": 12, "t": 24, "b": 44},
    )


def _ridge(at: int, count: int, epoch: int, spread: Mapping, kind: str) -> go.Scatter:
    counts = np.asarray(spread["counts"], float)
    edges = np.linspace(spread["low"], spread["high"], len(counts) + 1)
    middles = (edges[:-1] + edges[1:]) / 2
    height = 1.6 * np.sqrt(counts / max(counts.max(), 1))
    outline = np.concatenate([[0], height, [0]]) - at
    places = np.concatenate([edges[:1], middles, edges[-1:]])
    shade = POSITIVE[1 + round(3 * at / max(count - 1, 1))]
    return go.Scatter(
        x=places,
        y=outline,
        mode="lines",
        fill="toself",
        fillcolor=shade,
        line={"color": POSITIVE[4], "width": 1},
        name=f"epoch {epoch}",
        hovertemplate=f"epoch {epoch}: {kind} from {number(edges[0])} to {number(edges[-1])}<extra></extra>",
    )
