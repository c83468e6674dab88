"""From measured layers to the pictures that show them."""

from __future__ import annotations

import numpy as np
import streamlit as st

from dlviz.ui.components.gallery import gallery
from dlviz.ui.components.series import Axes, Series, series
from dlviz.ui.labs.depth.hierarchy import captions
from dlviz.ui.labs.depth.hierarchy.forward import ForwardPass
from dlviz.ui.labs.depth.hierarchy.networks import Measurement
from dlviz.ui.labs.depth.state import LAB
from dlviz.ui.verdict import show_sentence

LINES = {"trained": "Trained", "random": "Random weights"}


def show_lines(measured: Measurement) -> None:
    """Draw what a linear probe reads off each layer, as far as it is measured."""
    shown = []
    for name, label in LINES.items():
        found = getattr(measured, name).found
        share = np.array([probe.right.mean() for probe in found])
        # Two standard errors: another thousand test pictures would give a share in there, nearly always.
        luck = 2 * np.sqrt(share * (1 - share) / max((len(probe.right) for probe in found), default=1))
        shown.append(Series(label, np.arange(len(found)), share, share - luck, np.minimum(share + luck, 1)))
    axes = Axes(
        "Test pictures right, by a linear probe on each layer",
        "layer",
        names=list(measured.trained.layers),
        low=0.2,
        percent=True,
        markers=True,
    )
    series(f"{LAB}.layers.lines", axes, shown, captions.chart_alt(measured))


def show_results(measured: Measurement) -> None:
    """Say what was measured, and draw the table."""
    show_sentence(f"{LAB}.layers.climb", st.markdown, captions.describe_climb(measured))
    show_sentence(f"{LAB}.layers.random", st.markdown, captions.describe_random(measured))
    with st.expander("All numbers", icon=":material/table:"):
        st.table(
            captions.rows(measured), hide_index=True, border="horizontal", alt=captions.chart_alt(measured)
        )


def show_neighbours(passed: ForwardPass, measured: Measurement) -> None:
    """Draw the nearest neighbours, a row for each layer."""
    reader = measured.reader
    show_sentence(f"{LAB}.layers.answer", st.markdown, captions.describe_answer(passed, reader))
    for at, near in enumerate(passed.neighbours):
        left, right = st.columns([1, 6], vertical_alignment="center")
        left.markdown(f"**By {near.layer}**")
        with right:
            gallery(
                f"{LAB}.layers.near.{at}",
                near.pictures,
                [captions.name_neighbour(near, place, reader) for place in range(len(near.labels))],
                captions.gallery_alt(near, reader),
                side=46,
            )
    show_sentence(f"{LAB}.neighbours.told", st.caption, captions.explain_neighbours(measured))
