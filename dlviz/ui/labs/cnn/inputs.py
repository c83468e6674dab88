"""Photographs for a network that sees colours: of its task, packaged ones, or the learner's own."""

from __future__ import annotations

import numpy as np
import streamlit as st

from dlviz.data import pictures as data
from dlviz.ui.components.pad import Drawing, Placed
from dlviz.ui.inputs import digit
from dlviz.ui.inputs import picture as pictures
from dlviz.ui.labs.cnn.state import HELD, LAB, PHOTOGRAPHS, State
from dlviz.ui.runs import evaluation_examples
from dlviz.ui.runs.live_run import watch

SIDE = 32
OWN, SETTLED = f"{LAB}.own_picture", f"{LAB}.settled"


def choose_photograph(state: State) -> Drawing:
    """The photograph that is chosen, (3, 32, 32) float32 in [0, 1], and the controls to choose it."""
    digit.forget(LAB)  # the pad is off the page: once it is back, it has to be told what is on it
    held, missing = _held_out(state.run)
    options = {**({} if held is None else {HELD: "Held out of its training"}), **PHOTOGRAPHS}
    if state.photo not in options:
        state = LAB.update(photo=next(iter(PHOTOGRAPHS)))
    st.selectbox("Photograph", list(options), format_func=options.__getitem__, key=LAB.key("photo"))
    if state.photo == HELD and held is not None:
        label, picture = _choose_held_out(held, state)
    else:
        label, picture = _photograph(state.photo)
    st.image(
        picture,
        width=192,
        caption=f"{SIDE}×{SIDE} pixels, in three colours",
        alt=f"Photograph: {label}",
    )
    if missing:
        st.caption(missing)
    pixels = np.ascontiguousarray(picture.transpose(2, 0, 1), np.float32) / np.float32(255)
    return Drawing(pixels, "placed", placed=Placed(label, pixels, label))


def _held_out(run: str) -> tuple[np.ndarray | None, str]:
    """The pictures (n, 3, 32, 32) uint8 that the run is measured on; None, and why, if they are not here."""
    from dlviz.data.mnist import MissingData

    found = watch(run)
    if found.imported or found.config.task != "cifar10":
        return None, ""
    try:
        return evaluation_examples.pictures(run, found.config), ""
    except MissingData as problem:
        return None, f"{problem} So its own photographs cannot be shown."


def _choose_held_out(held: np.ndarray, state: State) -> tuple[str, np.ndarray]:
    """A label and (32, 32, 3) uint8."""
    number = min(state.held, len(held) - 1)
    LAB.update(held=number)
    st.number_input("Its number", 0, len(held) - 1, key=LAB.key("held"))
    return f"photograph {number:,} of those held out", held[number].transpose(1, 2, 0)


def _photograph(name: str) -> tuple[str, np.ndarray]:
    """A label and (32, 32, 3) uint8."""
    if name != "own":
        return PHOTOGRAPHS[name].lower(), cut_square(data.photograph(name))
    own = pictures.own(OWN)
    if own is None:
        st.caption("A link cannot hold a picture of one’s own: choose yours. Until then the astronaut stays.")
        return "astronaut", cut_square(data.photograph("astronaut"))
    return "your picture", cut_square(own)


def cut_square(picture: np.ndarray) -> np.ndarray:
    """The middle of a picture (height, width, 3) uint8, as (32, 32, 3)."""
    height, width = picture.shape[:2]
    side = min(height, width)
    top, left = (height - side) // 2, (width - side) // 2
    return data.resize(np.ascontiguousarray(picture[top : top + side, left : left + side]), SIDE)


def settled_pixels(drawing: Drawing) -> np.ndarray:
    """The digit as it was when the pen was last lifted, as slow panels follow no stroke in progress.

    Returns: (28, 28) or (3, 32, 32) float32 in [0, 1].
    """
    if drawing.final or SETTLED not in st.session_state:
        st.session_state[SETTLED] = drawing.pixels
    return st.session_state[SETTLED]
