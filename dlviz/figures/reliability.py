"""Reliability: the certainty of a network’s answers, against how often they are right."""

from collections.abc import Sequence

import plotly.graph_objects as go

from dlviz.figures.layout import figure
from dlviz.figures.theme import STRONG, WEAK
from dlviz.ui.text_format.numbers import counted, percent

LOWEST = 0.5  # of two classes the more probable one has as much
SMALLEST, LARGEST = 7, 30  # pixels: of a bin's point


def reliability(said: Sequence[float], right: Sequence[float], counts: Sequence[int]) -> go.Figure:
    """Draw a point for each bin of answers; where they are as often right as said, it lies on the line.

    Args:
        said: mean probability of each bin's answers.
        right: share of each bin's answers that are right.
        counts: answers in each bin; the points' areas follow them.
    """
    most = max(counts)
    ticks = [LOWEST, 0.75, 1.0]
    axis = {
        "range": [LOWEST - 0.02, 1.03],
        "tickvals": ticks,
        "ticktext": [percent(tick, 0) for tick in ticks],
        "fixedrange": True,
    }
    line = go.Scatter(
        x=[LOWEST, 1], y=[LOWEST, 1], mode="lines", line={"color": WEAK, "dash": "dot"}, hoverinfo="skip"
    )
    points = go.Scatter(
        x=list(said),
        y=list(right),
        mode="markers",
        marker={
            "color": STRONG,
            "size": [max(SMALLEST, LARGEST * (count / most) ** 0.5) for count in counts],
        },
        customdata=[
            f"{counted(count, 'answer')}: {percent(sure)} sure on average, {percent(share)} right"
            for sure, share, count in zip(said, right, counts, strict=True)
        ],
        hovertemplate="%{customdata}<extra></extra>",
    )
    lowest = min(LOWEST, *right) - 0.02
    return figure(
        [line, points],
        280,
        xaxis={**axis, "title": {"text": "how sure it is"}},
        yaxis={**axis, "range": [lowest, 1.03], "title": {"text": "how often it is right"}},
    )
