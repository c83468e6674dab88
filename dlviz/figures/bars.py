"""Probabilities and effects as bars."""

from collections.abc import Sequence
from html import escape

import numpy as np
import plotly.graph_objects as go

from dlviz.figures.layout import QUARTERS, check_vector, figure
from dlviz.figures.theme import ACCENT, OPPOSED, STRONG, WEAK
from dlviz.ui.text_format.numbers import number, probability

LONGEST = 24  # letters of a class's name


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
        customdata=[probability(value) for value in values],
        hovertemplate="%{x}: %{customdata}<extra></extra>",
    )
    axis = {"range": [0, 1], **QUARTERS, "title": {"text": "probability"}}
    return figure([bars], 260, yaxis=axis, xaxis={"type": "category"})


def effects(
    values: np.ndarray, before: float, target: str, selected: int = -1, item: str = "map"
) -> go.Figure:
    """Draw the margin of a class with each channel alone switched off, as bars from what it was before.

    Args:
        values: (channels,), the lead of the class's logit over the next without that channel.
        before: the lead with all of them.
        target: the class's name.
        selected: a channel to outline.
        item: what a channel is called.
    """
    values = check_vector(values, "effects")
    bars = go.Bar(
        x=list(range(len(values))),
        y=values - before,
        base=before,
        marker={
            "color": [STRONG if value >= 0 else ACCENT for value in values],
            "line": {"color": ACCENT, "width": [2.5 * (i == selected) for i in range(len(values))]},
        },
        customdata=[number(value) for value in values],
        hovertemplate=f"without {item} %{{x}}: %{{customdata}}<extra></extra>",
    )
    line = {"type": "line", "x0": 0, "x1": 1, "xref": "paper", "y0": before, "y1": before}
    return figure(
        [bars],
        240,
        shapes=[{**line, "line": {"color": WEAK, "width": 1.5, "dash": "dot"}}],
        yaxis={"title": {"text": f"lead of {escape(target)} (logits)"}, "tickformat": "~g"},
        xaxis={"title": {"text": f"switched off: {item}"}, "range": [-0.8, len(values) - 0.2]},
    )


def contributions(values: np.ndarray, names: list[str], target: str, selected: int = -1) -> go.Figure:
    """Draw contributions to a logit as bars in the order given, what speaks for it up, what against it down.

    Args:
        values: (n,), in logits.
        names: of what contributes, one each.
        target: what they contribute to.
        selected: place of a bar to outline.
    """
    values = check_vector(values, "contributions")
    places = list(range(len(values)))
    bars = go.Bar(
        x=places,
        y=values,
        marker={
            "color": [STRONG if value >= 0 else OPPOSED for value in values],
            "line": {"color": ACCENT, "width": [2.5 * (place == selected) for place in places]},
        },
        customdata=[[name, number(value)] for name, value in zip(names, values, strict=True)],
        hovertemplate="%{customdata[0]}: %{customdata[1]}<extra></extra>",
    )
    few = len(values) <= 20
    axis = {"tickvals": places, "ticktext": [escape(name) for name in names]} if few else {"tickvals": []}
    return figure(
        [bars],
        240,
        yaxis={"title": {"text": f"to {escape(target)} (logits)"}, "tickformat": "~g", "zeroline": True},
        xaxis={**axis, "range": [-0.8, len(values) - 0.2]},
    )


def accuracies(
    right: np.ndarray, examples: np.ndarray, names: Sequence[str], texts: Sequence[str], overall: float
) -> go.Figure:
    """Draw the share of right answers of each class as a bar, and that of all classes as a line.

    Args:
        right, examples: (classes,) counts; of each class there is one example at least.
        names: of the classes.
        texts: at the bars' ends.
        overall: share in [0, 1].
    """
    shares = check_vector(right, "right answers") / check_vector(examples, "examples")
    # By place, as two names may be shortened to the same.
    places = list(range(len(names)))
    bars = go.Bar(
        x=shares,
        y=places,
        orientation="h",
        marker={"color": STRONG},
        text=[f"\u2002{text}" for text in texts],  # a space from the line at their ends
        textposition="outside",
        cliponaxis=False,
        customdata=np.stack([right, examples], axis=1),
        hovertemplate="%{customdata[0]} of %{customdata[1]} right<extra></extra>",
    )
    short = [name if len(name) <= LONGEST else f"{name[: LONGEST - 1]}…" for name in names]
    ticks = {"tickvals": places, "ticktext": [escape(name, quote=False) for name in short]}
    line = {"type": "line", "x0": overall, "x1": overall, "yref": "paper", "y0": 0, "y1": 1}
    return figure(
        [bars],
        74 + 24 * len(names),
        shapes=[{**line, "line": {"color": ACCENT, "width": 1.5, "dash": "dot"}}],
        xaxis={
            "range": [0, 1.15],
            **QUARTERS,
            "title": {"text": "right"},
        },
        yaxis={**ticks, "autorange": "reversed", "automargin": True, "showgrid": False},
    )
