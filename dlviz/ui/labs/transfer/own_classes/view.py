"""The view itself, from top to bottom."""

import streamlit as st

from dlviz.transfer.backbones import load_embedded
from dlviz.ui.labs.transfer.own_classes import inputs
from dlviz.ui.labs.transfer.own_classes.controls import show_classes, take_picks
from dlviz.ui.labs.transfer.own_classes.forward import learn
from dlviz.ui.labs.transfer.own_classes.own_set import read_set, see_all
from dlviz.ui.labs.transfer.own_classes.pictures import show_answer, show_planes, show_test
from dlviz.ui.labs.transfer.state import LAB, State
from dlviz.ui.session_cache import compute_once
from dlviz.weights import BadWeights


def show(state: State) -> None:
    """Draw the view."""
    take_picks()
    left, right = st.columns([1, 2.4], gap="medium")
    with left, st.container(key="settings"):
        inputs.add_files()
        camera, take_away = st.container(), st.container()
    with right:
        show_classes()
    try:
        backbone = load_embedded()
    except BadWeights as problem:
        st.error(str(problem), icon=":material/scale:")
        return
    own = read_set()
    with right:
        seen = see_all(backbone, own)  # JPEG -> features (channels,) and pixels
    learned = compute_once(f"{LAB}.own.learned", (backbone, own), lambda: learn(own, seen))
    with camera:
        inputs.use_camera(backbone, learned)
    with take_away:
        inputs.offer_set()
    with right:
        if learned is None:
            st.info(
                "Give two classes a picture each: the network then tells them apart at once.",
                icon=":material/add_photo_alternate:",
            )
            return
        show_answer(backbone, learned, own, LAB.read())
        show_test(learned)
        show_planes(learned, own, LAB.read())
