"""From networks to the pictures that show how they learn."""

from __future__ import annotations

import numpy as np
import streamlit as st

from dlviz.plane.towers import KINDS, Towers
from dlviz.ui.components.series import Axes, Series, series
from dlviz.ui.labs.depth.state import LAB
from dlviz.ui.labs.depth.too_deep import captions
from dlviz.ui.labs.depth.too_deep.forward import thin_steps
from dlviz.ui.labs.depth.too_deep.state import KIND_TITLES

LEAST, MOST = 1e-3, 1.0  # gradient norms that are always in the picture


def show_towers(towers: Towers) -> None:
    """Draw gradients and losses; a line is the middle of the seeds, its band their range."""
    axes = Axes(
        "Gradient norm of each layer’s weights, at the last step", "layer", log=True, low=LEAST, high=MOST
    )
    norms = towers.norms  # (kinds, seeds, layers)
    layers = np.arange(1, norms.shape[-1] + 1)
    lines = [
        # A logarithmic scale has no place for 0.
        Series(KIND_TITLES[kind], layers, *middle_and_range(np.where(norms[at] > 0, norms[at], np.nan)))
        for at, kind in enumerate(KINDS)
    ]
    left, right = st.columns(2)
    with left:
        series(f"{LAB}.towers.gradients", axes, lines, captions.gradients_alt(towers))
    steps = thin_steps(towers.steps)
    losses = towers.losses[steps]  # (points, kinds, seeds)
    lines = [
        Series(KIND_TITLES[kind], steps + 1, *middle_and_range(losses[:, at].T))
        for at, kind in enumerate(KINDS)
    ]
    with right:
        axes = Axes("Loss (a guess costs 0.693)", "step", high=0.75, most=1.5)
        series(f"{LAB}.towers.losses", axes, lines, captions.losses_alt(towers))


def middle_and_range(values: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The middle (places,), least and greatest of the seeds (seeds, places) that have not diverged."""
    if np.isfinite(values).all():  # ten times as quick
        return np.median(values, 0), values.min(0), values.max(0)
    band = np.full((3, values.shape[1]), np.nan)
    known = np.isfinite(values).any(0)
    finite = np.where(np.isfinite(values), values, np.nan)[:, known]
    band[:, known] = np.nanmedian(finite, 0), np.nanmin(finite, 0), np.nanmax(finite, 0)
    return band[0], band[1], band[2]
