"""The view itself, from top to bottom."""

from __future__ import annotations

import numpy as np
import streamlit as st

from dlviz.ui import lesson
from dlviz.ui.components.gallery import gallery
from dlviz.ui.inputs.digit import digit_input, offer_other_digits
from dlviz.ui.labs.depth.hierarchy import captions, questions
from dlviz.ui.labs.depth.hierarchy.forward import forward
from dlviz.ui.labs.depth.hierarchy.networks import Measurement, find_measurement
from dlviz.ui.labs.depth.hierarchy.pictures import show_lines, show_neighbours, show_results
from dlviz.ui.labs.depth.hierarchy.state import GARMENTS, READERS
from dlviz.ui.labs.depth.state import LAB, State
from dlviz.ui.prediction import ask_before_result, predicted
from dlviz.ui.server import model_cache
from dlviz.ui.text_format.markdown import plain

PLACE = "layers"  # of the question
EVERY = 0.3  # seconds between two pieces of the measurement


def show(state: State) -> None:
    """Choose a network, predict, read its layers, and look for a picture's neighbours in each."""
    from dlviz.data.mnist import MissingData
    from dlviz.weights import BadWeights

    left, right = st.columns([1, 2.4], gap="large")
    with left:
        st.radio(
            "Pictures and network", list(READERS), format_func=READERS.__getitem__, key=LAB.key("reader")
        )
        _offer_reading(state)
    if not state.layers_read:
        with right:
            _ask_first()
            st.info("Reading the layers takes a few seconds.", icon=":material/layers:")
        return
    try:
        with model_cache.waiting():
            measured = find_measurement(state.reader)
    except (BadWeights, MissingData) as problem:
        right.error(plain(str(problem)), icon=":material/database_off:")
        return
    with right:
        _ask_first(measured)
        every = None if measured.is_done else EVERY
        live = st.fragment(run_every=every, key=f"{LAB}.layers.live")(_show)
        live(state.reader, measured.is_done)
    if not measured.is_done:
        return
    _look_for_neighbours(state, measured)
    lesson.predict(LAB, lambda: questions.questions(measured))
    lesson.code(
        LAB, questions.shown_code, lambda: st.code(questions.notebook_snippet(measured), language="python")
    )


def _ask_first(measured: Measurement | None = None) -> None:
    """Ask before the layers are read; none of them is on screen before."""
    waiting = "The layers are being read." if measured else "Your prediction is kept: read the layers."
    if not measured or predicted(LAB, PLACE):
        ask_before_result(LAB, questions.main_question(measured), PLACE, waiting)


def _offer_reading(state: State) -> None:
    """Offer to measure."""
    if not state.layers_read:
        st.button(
            "Read every layer",
            type="primary",
            icon=":material/layers:",
            key=f"{LAB}.layers.read",
            on_click=_begin,
        )


def _begin() -> None:
    LAB.update(layers_read=True)


def _show(name: str, was_done: bool) -> None:
    """Measure a little further, and draw what there is.

    Args:
        was_done: true if the rest of the page shows a measurement that is done.
    """
    measured = find_measurement(name)
    measured.go_on()
    if not measured.is_done:
        st.progress(measured.share_done, captions.progress(measured))
    show_lines(measured)
    if measured.is_done:
        show_results(measured)
        if not was_done:
            st.rerun(scope="app")


@st.fragment
def _look_for_neighbours(state: State, measured: Measurement) -> None:
    """Ask for a picture, and draw its neighbours; a part of the page by itself, since it follows the pen.

    Args:
        state: that the rest of the page shows.
    """
    st.subheader("Who is nearest, layer by layer?", anchor=False)
    left, right = st.columns([1, 2.4], gap="large")
    if state.reader == "clothes":
        with left:
            pixels, final = _choose_garment(measured), True
    else:
        with left, st.container(key="paper"):
            drawing = digit_input(LAB)
            pixels, final = drawing.pixels, drawing.final
            offer_other_digits(LAB)
    with right:
        if pixels is None:
            st.info("Draw a digit: its nearest neighbours appear here.", icon=":material/draw:")
        else:
            show_neighbours(forward(measured, pixels), measured)
    if final and LAB.read() != state:
        st.rerun(scope="app")  # the address says what is drawn


def _choose_garment(measured: Measurement) -> np.ndarray:
    """A test picture of clothes (28, 28) in [0, 1], chosen by its number."""
    number = st.number_input(
        f"Test picture, 0 to {GARMENTS - 1:,}", 0, GARMENTS - 1, step=1, key=LAB.key("garment")
    )
    images, labels = measured.reader.read_split("test")
    picture, name = images[number].numpy(), measured.reader.classes[labels[number]]
    gallery(f"{LAB}.layers.garment", picture[None], [name], f"The picture: {name}.", side=168)
    return picture.astype(np.float32) / 255
