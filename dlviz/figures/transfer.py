"""Accuracy against the number of examples, several draws of them or seeds a curve."""

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go

from dlviz.figures.bands import with_band
from dlviz.figures.layout import QUARTERS, figure
from dlviz.figures.theme import RUNS
from dlviz.figures.training import DASHES, SYMBOLS
from dlviz.ui.text_format.numbers import number, percent

Reached = Mapping[int, Sequence[float]]  # examples of each class -> accuracy of each draw


def accuracy_by_examples(
    ways: Mapping[str, Reached],
    counts: Sequence[int],
    chance: float,
    axis: str = "examples of each class",
    members: str = "draws",
) -> go.Figure:
    """Draw for each way the mean over the draws as a line, their range as a band, and each draw as a point.

    Args:
        ways: label -> what it has reached so far; its place decides colour, dash and marker.
        counts: of the axis, which is logarithmic.
        chance: accuracy of a guess, a dotted line where it is not far below all of them.
        axis: its title.
        members: of a curve's points, in the plural.
    """
    traces = [
        trace
        for place, (label, reached) in enumerate(ways.items())
        for trace in _way(label, place, reached, members)
    ]
    edge = 0.06
    every = [value for reached in ways.values() for values in reached.values() for value in values]
    lowest = np.floor(10 * min(every, default=0.0)) / 10
    tenths = [tenth / 10 for tenth in range(round(10 * lowest), 11)]
    line = {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": chance, "y1": chance}
    layout: dict[str, object] = {
        "xaxis": {
            "title": {"text": axis},
            "type": "log",
            "range": [np.log10(counts[0]) - edge, np.log10(counts[-1]) + edge],
            "tickvals": list(counts),
            "ticktext": [f"{count:,}" for count in counts],
        },
        "yaxis": {
            "title": {"text": "test accuracy"},
            "tickvals": tenths,
            "ticktext": [percent(share, 0) for share in tenths],
            "range": [lowest, 1],
        },
        "showlegend": True,
        "legend": {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
        "margin": {"l": 56, "r": 12, "t": 24, "b": 48},
    }
    if chance >= lowest:
        name = {"xref": "paper", "x": 1, "y": chance, "text": "chance", "showarrow": False}
        layout["shapes"] = [{**line, "line": {"dash": "dot", "width": 1, "color": "#888"}}]
        layout["annotations"] = [{**name, "yanchor": "bottom"}]
    # On a phone each label of the legend takes a line.
    return figure(traces, 420 + 20 * max(0, len(ways) - 4), **layout)


def _way(label: str, place: int, reached: Reached, members: str) -> list[go.Scatter]:
    measured = {count: np.asarray(values) for count, values in sorted(reached.items()) if len(values)}

    def describe(values: np.ndarray) -> str:
        lowest, highest = percent(values.min()), percent(values.max())
        return f"{percent(values.mean())} on average of {len(values)} {members}, {lowest} to {highest}"

    return with_band(label, place, list(measured), list(measured.values()), describe)


def by_layer(values: Mapping[str, Sequence[float]], layers: Sequence[str], title: str) -> go.Figure:
    """Draw a bar for each layer of each network.

    Args:
        values: label -> a value of each layer, in their order.
        title: of the axis.
    """
    bars = [
        go.Bar(
            x=list(layers),
            y=list(each),
            name=label,
            marker={"color": RUNS[place]},
            customdata=[number(value, ".3f") for value in each],
            hovertemplate="%{x}: %{customdata}",
        )
        for place, (label, each) in enumerate(values.items())
    ]
    layout: dict[str, object] = {
        "yaxis": {"title": {"text": title}, "rangemode": "tozero"},
        "showlegend": True,
        "legend": {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
        "margin": {"l": 56, "r": 12, "t": 24, "b": 48},
    }
    return figure(bars, 300, **layout)


def accuracy_by_step(curves: Mapping[str, Sequence[float]], steps: Sequence[int]) -> go.Figure:
    """Draw accuracies of one network on several tasks over its steps.

    Args:
        curves: label -> accuracy after each step.
        steps: in their order.
    """
    lines = [
        go.Scatter(
            x=list(steps),
            y=list(values),
            name=label,
            mode="lines+markers",
            line={"color": RUNS[place], "dash": DASHES[place], "width": 2},
            marker={"symbol": SYMBOLS[place], "size": 8},
            customdata=[percent(value) for value in values],
            hovertemplate="%{customdata} after step %{x}",
        )
        for place, (label, values) in enumerate(curves.items())
    ]
    layout: dict[str, object] = {
        "xaxis": {"title": {"text": "steps of training"}},
        "yaxis": {"title": {"text": "test accuracy"}, **QUARTERS, "range": [0, 1.03]},
        "showlegend": True,
        "legend": {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
        "margin": {"l": 56, "r": 12, "t": 24, "b": 48},
    }
    return figure(lines, 340, **layout)
