"""Controls of the Text generation lab: the unit that lights the text."""

import streamlit as st

from dlviz.ui.labs.generate.networks import CharacterNetwork
from dlviz.ui.labs.generate.state import FEATURES, LAB, LIGHTS


def choose_light(network: CharacterNetwork) -> None:
    """Draw the choice of the unit that lights the text; none is looked for in a large network."""
    state = LAB.read()
    lights = [light for light in LIGHTS if network.measurable or light not in FEATURES]
    if state.light not in lights:
        state = LAB.update(light="unit")
    st.selectbox(
        "Light the text by a unit that follows",
        lights,
        format_func=LIGHTS.__getitem__,
        key=LAB.key("light"),
    )
    if not network.measurable:
        st.caption("In so large a network it would take too long to look for units that follow something.")
    if state.light == "unit":
        LAB.update(unit=min(state.unit, network.units - 1))
        st.number_input("Unit", 0, network.units - 1, key=LAB.key("unit"), persist_state="page")
