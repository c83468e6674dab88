"""Choice of the frozen network: the one that comes with the project, or one that PyTorch publishes."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

from dlviz.transfer import NoBackbone
from dlviz.transfer.published import PUBLISHED
from dlviz.ui.fetching import fetch
from dlviz.ui.labs.transfer.own_classes.state import BACKBONES
from dlviz.ui.labs.transfer.state import LAB, State
from dlviz.ui.pressed import pressed
from dlviz.ui.server import model_cache
from dlviz.ui.text_format.markdown import plain

if TYPE_CHECKING:
    from dlviz.transfer.backbones import Backbone


def choose_backbone(state: State) -> Backbone:
    """Offer the networks, and give the chosen one, where it has been loaded; else the embedded one.

    Raises: BadWeights if the embedded one's file is missing or does not fit.
    """
    st.selectbox(
        "Frozen network, trained on ImageNet",
        list(BACKBONES),
        format_func=BACKBONES.__getitem__,
        key=LAB.key("own_backbone"),
        help="The lesson has ResNet-50, loaded with `weights=ResNet50_Weights.DEFAULT`: "
        "`pretrained=True` is the old form.",
    )
    embedded = model_cache.embedded_backbone()
    goes_on = f"{BACKBONES[embedded.name]} goes on."
    if state.own_backbone not in PUBLISHED:
        return embedded
    from dlviz.transfer.backbones import find_loaded, load_published

    if found := find_loaded(state.own_backbone):
        return found
    wanted = PUBLISHED[state.own_backbone]
    place = st.empty()
    if pressed(
        f"Load {wanted.title} ({wanted.megabytes} MB)",
        place=place,
        key=f"{LAB}.own.load",
        icon=":material/download:",
        help="From this computer, if it was loaded before, else from PyTorch’s server.",
    ):
        bar = place.progress(0.0, f"Loading {wanted.title} …")
        try:
            found = fetch(partial(load_published, state.own_backbone), bar, f"Loading {wanted.title} …")
            place.empty()
            return found
        except NoBackbone as problem:
            place.empty()
            st.error(f"{plain(str(problem))} {goes_on}", icon=":material/cloud_off:")
            return embedded
    st.caption(f"Until then {goes_on}")
    return embedded
