"""Layout of all figures: transparent paper, so that they stand on a light and on a dark page."""

import numpy as np
import plotly.graph_objects as go

from dlviz.ui.text_format.numbers import percent

_QUARTERS = (0, 0.25, 0.5, 0.75, 1)
# Ticks of an axis of shares.
QUARTERS = {"tickvals": _QUARTERS, "ticktext": [percent(share, 0) for share in _QUARTERS]}


def figure(traces: list, height: int, **layout: object) -> go.Figure:
    """Make a figure of traces, `height` pixels tall, with plain axes."""
    plain = {
        "height": height,
        "margin": {"l": 48, "r": 12, "t": 24, "b": 44},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "showlegend": False,
        "bargap": 0.25,
    }
    # A plain dictionary: a Layout object costs a second (measured).
    return go.Figure(traces, layout={**plain, **layout})


def check_vector(values: np.ndarray, name: str) -> np.ndarray:
    """Return values as a vector (n,) float64 of finite numbers.

    Raises: ValueError naming what is wrong.
    """
    values = np.asarray(values, float)
    if values.ndim != 1 or not len(values) or not np.isfinite(values).all():
        raise ValueError(f"{name} must be a vector of finite numbers, not of shape {values.shape}")
    return values
