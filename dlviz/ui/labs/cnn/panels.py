"""Panels of detail below the maps, one at a time."""

import numpy as np
import streamlit as st

from dlviz.ui.components.unit import unit_view
from dlviz.ui.labs.cnn import attribution, batch_norm, dreams, dropout, interventions, kernels
from dlviz.ui.labs.cnn.forward import ForwardPass
from dlviz.ui.labs.cnn.pictures import UNIT
from dlviz.ui.labs.cnn.state import State


def show_panel(passed: ForwardPass, settled: np.ndarray, state: State) -> None:
    """The chosen panel.

    Args:
        settled: (28, 28) or (3, 32, 32) float32 in [0, 1], of which the slow panels speak.
    """
    with st.container(border=True):
        match state.panel:
            case "unit":
                unit_view(
                    UNIT, passed.model, passed.record, passed.pixels, state.select, passed.network.classes
                )
            case "why":
                attribution.show(passed, settled, state)
            case "kernels":
                kernels.show(passed, state)
            case "off":
                interventions.show(passed, settled, state)
            case "norm":
                batch_norm.show(passed, settled, state)
            case "dropout":
                dropout.show(passed, settled, state)
            case "dream":
                dreams.show(passed, state)
