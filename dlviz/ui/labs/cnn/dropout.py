"""Dropout at work: the hidden units before and after it."""

import numpy as np
import streamlit as st

from dlviz.ui.components.tiles import Group, tiles
from dlviz.ui.labs.cnn import captions
from dlviz.ui.labs.cnn.forward import ForwardPass
from dlviz.ui.labs.cnn.state import LAB, State
from dlviz.ui.verdict import show_sentence


def show(passed: ForwardPass, state: State) -> None:
    """The hidden units before and after dropout, in training mode or at rest."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.toggle("Training mode", key=LAB.key("training"))
        st.button("Draw another mask", on_click=_next_mask, disabled=not state.training)
    before, after = (passed.record[f"fc_layers.{index}"][0] for index in (2, 3))  # (256,) each
    silenced = np.flatnonzero((before > 0) & (after == 0))
    text = captions.dropout(before, silenced, passed.dropout, state.training)
    show_sentence(f"{LAB}.silenced", st.write, text)
    limit = float(max(before.max(), after.max()))
    groups = [
        _group("After ReLU", "256 hidden units", before, limit, "the hidden units before dropout"),
        _group(
            "After dropout",
            "what the output reads; a silenced unit is crossed out",
            after,
            limit,
            text,
            tuple(silenced.tolist()),
        ),
    ]
    tiles(f"{LAB}.dropout", groups)


def _group(
    title: str, note: str, units: np.ndarray, limit: float, alt: str, crossed: tuple[int, ...] = ()
) -> Group:
    return Group(
        title=title,
        note=f"{note}; full colour is {limit:.3g}",
        values=units.reshape(-1, 1, 1),
        scale="sequential",
        alt=alt,
        columns=32,
        cell=14,
        limit=limit,
        item="unit",
        crossed=crossed,
    )


def _next_mask() -> None:
    LAB.update(mask=(LAB.read().mask + 1) % 10_000)
