"""Dropout at work: the hidden units before and after it."""

import numpy as np
import streamlit as st

from dlviz.ui.components.tiles import Group, tiles
from dlviz.ui.labs.cnn.forward import Run
from dlviz.ui.labs.cnn.state import LAB, get, put


def show(run: Run) -> None:
    """The hidden units before and after dropout, in training mode or at rest."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.toggle("Training mode", key=f"{LAB}.training")
        st.button("Draw another mask", on_click=_next_mask, disabled=not get("training"))
    before, after = (run.record[f"fc_layers.{index}"][0] for index in (2, 3))
    silenced = np.flatnonzero((before > 0) & (after == 0))
    text = _text(before, silenced, run.silenced)
    st.write(text)
    limit = float(max(before.max(), after.max()))
    groups = [
        _group("After ReLU", "256 hidden units", before, limit, "the hidden units before dropout"),
        _group(
            "After dropout",
            "what the output reads; a silenced unit is crossed out",
            after,
            limit,
            text,
            silenced,
        ),
    ]
    tiles(f"{LAB}.dropout", groups)


def _text(before: np.ndarray, silenced: np.ndarray, probability: float) -> str:
    lit = int((before > 0).sum())
    if not get("training"):
        return "Outside training, dropout does nothing: every unit passes on what it has."
    factor = 1 / (1 - probability)
    grown = "doubled" if factor == 2 else f"made {factor:.3g} times as large"
    return (
        f"Of {lit} units that answer to this picture, {len(silenced)} are silenced this time and "
        f"{lit - len(silenced)} are {grown}, so that their sum stays the same on average."
    )


def _group(
    title: str, note: str, units: np.ndarray, limit: float, alt: str, silenced: np.ndarray | None = None
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
        crossed=() if silenced is None else tuple(silenced.tolist()),
    )


def _next_mask() -> None:
    put("mask", (get("mask") + 1) % 10_000)
