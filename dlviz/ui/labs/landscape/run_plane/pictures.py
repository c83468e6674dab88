"""Pictures of the view: the loss in the plane, the runs' paths, and their checkpoints' stems."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import streamlit as st

from dlviz.training.loss_surface import Surface
from dlviz.ui.labs.landscape.run_plane import captions
from dlviz.ui.labs.landscape.state import LAB
from dlviz.ui.verdict import show_sentence

PLAIN = {"displayModeBar": False}


def show_picture(surface: Surface, names: Sequence[str], about: str) -> None:
    """Draw the plane as far as it is measured, and each checkpoint's own loss beside the plane's.

    Args:
        names: of the runs, in the order of the surface's networks.
        about: sentences below, on what is drawn and measured.
    """
    from dlviz.figures import run_plane

    show_sentence(f"{LAB}.plane.told", st.markdown, captions.tell_plane(surface))
    paths = {
        name: run_plane.Path(
            np.array([stem.place for stem in own]).reshape(-1, 2),
            [stem.step for stem in own],
            np.array([stem.loss for stem in own]),
            np.array([stem.shadow for stem in own]),
        )
        for at, name in enumerate(names)
        if (own := [stem for stem in surface.stems if stem.network == at])
    }
    st.toggle("As a surface with stems", key=LAB.key("plane_relief"))
    draw = run_plane.relief if LAB.read().plane_relief else run_plane.contours
    if not np.isfinite(surface.losses).any():
        st.info("No loss in this plane is a number: the runs have diverged.", icon=":material/trending_up:")
        return
    st.plotly_chart(
        draw((surface.first, surface.second), captions.name_axes(surface), surface.fill(), paths),
        key=f"{LAB}.plane.{draw.__name__}",
        config=PLAIN,
        alt=captions.describe_plane(surface, names),
    )
    if not surface.stems:
        return
    stems = surface.stems
    show_sentence(f"{LAB}.plane.stems.told", st.markdown, captions.tell_stems(stems, names))
    alt = captions.describe_stems(stems, names)
    st.plotly_chart(run_plane.stems(paths), key=f"{LAB}.plane.stems", config=PLAIN, alt=alt)
    show_sentence(f"{LAB}.plane.about", st.caption, about)
    with st.expander("The checkpoints in numbers", icon=":material/table:"):
        st.table(captions.rows(stems, names), hide_index=True, border="horizontal", alt=alt)
