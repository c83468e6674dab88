"""What a network that sees colours is shown: a photograph of its task, a packaged or the learner's own."""

from __future__ import annotations

import numpy as np
import streamlit as st

from dlviz.data import pictures as data
from dlviz.ui.components.pad import Drawing, Placed
from dlviz.ui.inputs import picture as pictures
from dlviz.ui.labs.cnn.state import HELD, LAB, PHOTOGRAPHS, get, put
from dlviz.ui.runs import evaluation_examples
from dlviz.ui.runs.live_run import watched

SIDE = 32
OWN = f"{LAB}.own_picture"


def current(run: str) -> Drawing:
    """The picture (3, 32, 32) in [0, 1] and the controls to choose it."""
    held, missing = _held_out(run)
    sources = {**({} if held is None else {HELD: "Held out of its training"}), **PHOTOGRAPHS}
    if get("photo") not in sources:
        put("photo", next(iter(PHOTOGRAPHS)))
    st.selectbox("Photograph", list(sources), format_func=sources.__getitem__, key=f"{LAB}.photo")
    if get("photo") == HELD and held is not None:
        label, picture = _one_of(held)
    else:
        label, picture = _photograph(get("photo"))
    st.image(picture, width=192, caption=f"{SIDE}×{SIDE} pixels, in three colours")
    if missing:
        st.caption(missing)
    pixels = np.ascontiguousarray(picture.transpose(2, 0, 1), np.float32) / np.float32(255)
    return Drawing(pixels, "placed", placed=Placed(label, pixels, label))


def _held_out(run: str) -> tuple[np.ndarray | None, str]:
    """The pictures (n, 3, 32, 32) uint8 that the run is measured on; None, and why, if they are not here."""
    from dlviz.data.mnist import MissingData

    found = watched(run)
    if found.brought or found.config.task != "cifar10":
        return None, ""
    try:
        return evaluation_examples.pictures(run, found.config), ""
    except MissingData as problem:
        return None, f"{problem} So its own photographs cannot be shown."


def _one_of(held: np.ndarray) -> tuple[str, np.ndarray]:
    number = min(get("held"), len(held) - 1)
    put("held", number)
    st.number_input("Its number", 0, len(held) - 1, key=f"{LAB}.held")
    return f"photograph {number:,} of those held out", held[number].transpose(1, 2, 0)


def _photograph(name: str) -> tuple[str, np.ndarray]:
    if name != "own":
        return PHOTOGRAPHS[name].lower(), squared(data.photograph(name))
    own = pictures.own(OWN)
    if own is None:
        st.caption("A link cannot hold a picture of one’s own: choose yours. Until then the astronaut stays.")
        return "astronaut", squared(data.photograph("astronaut"))
    return "your picture", squared(own)


def squared(picture: np.ndarray) -> np.ndarray:
    """The middle of a picture (height, width, 3) uint8, as 32×32 pixels."""
    height, width = picture.shape[:2]
    side = min(height, width)
    top, left = (height - side) // 2, (width - side) // 2
    return data.resize(np.ascontiguousarray(picture[top : top + side, left : left + side]), SIDE)
