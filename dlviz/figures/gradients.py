"""Gradients on their way back through time, and gradient descent with and without clipping."""

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go

from dlviz.figures.layout import QUARTERS, figure
from dlviz.figures.theme import ACCENT, CLASSES, RUNS
from dlviz.ui.text_format.numbers import number, percent

LOWEST = 1e-40  # of every axis
# Tone, dash and marker: no two networks are told apart by colour alone.
STYLES = {
    "RNN": (CLASSES[8], "dash"),
    "LSTM": (CLASSES[2], "solid"),
    "GRU": (CLASSES[4], "dot"),
}

# Dashes and legend of figures that compare forget biases.
DASHES = ("dash", "dot", "solid")
_LEGEND = {
    "showlegend": True,
    "legend": {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
    "margin": {"l": 62, "r": 12, "t": 40, "b": 44},
}


def fixed_axis(steps: int, trained: bool) -> tuple[float, float]:
    """Powers of ten at the ends of the axis: the same for all curves that a learner compares.

    Args:
        steps: of the sequence.
        trained: true for networks that latch what they know, so that their gradients are far smaller.
    """
    shrinking = 0.4 if trained else 0.26  # powers of ten per step, at the most (measured)
    return max(np.log10(LOWEST), -3 - shrinking * steps), 1.5 + 0.08 * steps


def through_time(
    hidden: Mapping[str, np.ndarray],
    axis: tuple[float, float],
    cell: np.ndarray | None = None,
    former: Mapping[str, np.ndarray] | None = None,
) -> go.Figure:
    """Draw ‖∂L/∂h_t‖ of each network over the steps back from the end, on a logarithmic axis.

    Args:
        hidden: network -> (steps,) norms, in the order of time. What leaves the axis is drawn on its edge.
        axis: powers of ten at its ends.
        cell: (steps,) the LSTM's ‖∂L/∂c_t‖, drawn as a thin line.
        former: network -> (steps,) norms before the learner's last change, drawn faint.
    """
    lines = [_ghost(name, norms, axis) for name, norms in (former or {}).items()]
    lines += [_line(name, norms, *STYLES[name], 2.5, axis) for name, norms in hidden.items()]
    if cell is not None:
        lines.append(_line("LSTM’s cell", cell, STYLES["LSTM"][0], "dashdot", 1.2, axis))
    steps = max(len(values) for values in hidden.values())
    return figure(
        lines,
        430,
        showlegend=True,
        legend={"orientation": "h", "y": 1.08, "x": 0},
        xaxis={"title": {"text": "steps back from the end"}, "range": [-0.5, steps - 0.5]},
        yaxis={
            "type": "log",
            "range": [axis[0] - 0.5, axis[1] + 0.5],
            "title": {"text": "‖∂L/∂h‖"},
            "exponentformat": "power",
            "showexponent": "all",
        },
        margin={"l": 70, "r": 12, "t": 30, "b": 44},
    )


def _line(
    name: str, norms: np.ndarray, colour: str, dash: str, width: float, axis: tuple[float, float]
) -> go.Scatter:
    back = norms[::-1]
    return go.Scatter(
        x=np.arange(len(back)),
        y=np.clip(back, 10 ** axis[0], 10 ** axis[1]),
        name=name,
        mode="lines",
        line={"color": colour, "dash": dash, "width": width},
        customdata=[number(value, ".2e") for value in back],
        hovertemplate="%{x} steps back: %{customdata}<extra>" + name + "</extra>",
    )


def _ghost(name: str, norms: np.ndarray, axis: tuple[float, float]) -> go.Scatter:
    colour, dash = STYLES[name]
    ghost = _line(f"{name} before", norms, colour, dash, 2.5, axis)
    return ghost.update(opacity=0.3, showlegend=False, hoverinfo="skip", hovertemplate=None)


def descents(descents: Mapping[str, Sequence[tuple[float, float]]], clip: float) -> go.Figure:
    """Draw each step's gradient norm before clipping, and below it the loss of its batch, in nats.

    Args:
        descents: name -> (norm, loss) of each step; the second descent dashed.
        clip: the norm to which a gradient is shortened, drawn as a line.
    """
    styles = [(CLASSES[2], "solid"), (ACCENT, "dash")]
    lines = []
    for (name, steps), (colour, dash) in zip(descents.items(), styles, strict=True):
        for values, axis, unit in zip(zip(*steps, strict=True), ("y", "y2"), ("", " nats"), strict=True):
            lines.append(
                go.Scatter(
                    x=list(range(len(values))),
                    y=list(values),
                    yaxis=axis,
                    name=name,
                    showlegend=axis == "y",
                    mode="lines",
                    line={"color": colour, "dash": dash, "width": 2.2},
                    customdata=[number(value) for value in values],
                    hovertemplate="step %{x}: %{customdata}" + unit + "<extra>" + name + "</extra>",
                )
            )
    return figure(
        lines,
        420,
        showlegend=True,
        legend={"orientation": "h", "y": 1.1, "x": 0},
        xaxis={"title": {"text": "step of gradient descent"}, "anchor": "y2"},
        yaxis={"title": {"text": "gradient’s norm"}, "type": "log", "dtick": 1, "domain": [0.56, 1]},
        yaxis2={"title": {"text": "loss in nats"}, "rangemode": "tozero", "domain": [0, 0.44]},
        shapes=[_level(clip)],
    )


def by_bias(norms: Mapping[str, np.ndarray], limit: float) -> go.Figure:
    """Draw each step's gradient as a share of the last step's, over the steps back, a line for each bias.

    Args:
        norms: forget bias -> (steps,) ‖∂L/∂h_t‖, in the order of time.
        limit: share below which a gradient counts as vanished, drawn as a line.
    """
    lines = []
    for place, (name, values) in enumerate(norms.items()):
        back = values[::-1] / values[-1]
        lines.append(
            go.Scatter(
                x=np.arange(len(back)),
                y=back,
                name=f"bias {name}",
                mode="lines",
                line={"color": RUNS[place], "dash": DASHES[place], "width": 2.5},
                customdata=[number(value, ".2e") for value in back],
                hovertemplate="%{x} steps back: %{customdata}<extra>bias " + name + "</extra>",
            )
        )
    return figure(
        lines,
        320,
        **_LEGEND,
        xaxis={"title": {"text": "steps back from the end"}},
        yaxis={
            "type": "log",
            "title": {"text": "share of ‖∂L/∂h‖ at the end"},
            "exponentformat": "power",
            "showexponent": "all",
        },
        shapes=[_level(limit)],
        annotations=[_level_name(0, np.log10(limit), "vanished below")],
    )


def learning(
    shipped: Mapping[str, Sequence[Sequence[float]]],
    now: Mapping[str, Sequence[float]],
    epochs: int,
    chance: float,
) -> go.Figure:
    """Draw the share of right answers after each epoch, a colour for each bias.

    Args:
        shipped: bias -> for each seed (epochs,) shares in [0, 1], drawn thin, and faint beside others.
        now: bias -> shares so far of the learner's own run, drawn thick. Its biases are those of `shipped`.
        epochs: of a whole run.
        chance: share that a guess names right, drawn as a line.
    """
    lines = []
    for place, (name, seeds) in enumerate(shipped.items()):
        for seed, shares in enumerate(seeds):
            line = _learnt(name, place, shares, 1.5, f"shipped, seed {seed}")
            lines.append(line.update(showlegend=seed == 0, opacity=0.35 if now else 1.0))
        if name in now:
            line = _learnt(name, place, now[name], 3.5, "now")
            lines.append(line.update(showlegend=False, mode="lines+markers", marker={"size": 7}))
    return figure(
        lines,
        320,
        **_LEGEND,
        xaxis={"title": {"text": "epoch of 100 batches"}, "range": [0.5, epochs + 0.5]},
        yaxis={"range": [0, 1.03], **QUARTERS, "title": {"text": "named right"}},
        shapes=[_level(chance)],
        annotations=[_level_name(1, chance, f"chance {percent(chance)}")],
    )


def _learnt(name: str, place: int, shares: Sequence[float], width: float, whose: str) -> go.Scatter:
    return go.Scatter(
        x=list(range(1, len(shares) + 1)),
        y=list(shares),
        name=f"bias {name}",
        legendgroup=name,
        mode="lines",
        line={"color": RUNS[place], "dash": DASHES[place], "width": width},
        customdata=[percent(share) for share in shares],
        hovertemplate="epoch %{x}: %{customdata}<extra>bias " + f"{name}, {whose}</extra>",
    )


def _level(y: float) -> dict[str, object]:
    """A line across the whole figure."""
    line = {"color": "#888", "width": 1, "dash": "dot"}
    return {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": y, "y1": y, "line": line}


def _level_name(x: int, y: float, text: str) -> dict[str, object]:
    """Name of a level, below its left (0) or right end (1); on a logarithmic axis y is the power of ten."""
    place = {"xref": "paper", "x": x, "xanchor": ("left", "right")[x], "y": y, "yanchor": "top"}
    return {**place, "text": text, "showarrow": False, "font": {"size": 12, "color": "#888"}}
