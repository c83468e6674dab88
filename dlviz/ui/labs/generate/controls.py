"""Controls of the Text generation lab: what colours the text, and the learner's own characters in it."""

import streamlit as st

from dlviz.data import novels
from dlviz.ui.labs.generate.networks import CharacterNetwork
from dlviz.ui.labs.generate.state import FEATURES, LAB, LIGHTS
from dlviz.ui.next_character import name_character
from dlviz.ui.text_format.numbers import counted
from dlviz.ui.verdict import show_sentence

WRITTEN_BY = f"{LAB}.written_by"


def choose_light(network: CharacterNetwork) -> None:
    """Draw the choice of what colours the text; no unit is looked for in a large network."""
    state = LAB.read()
    lights = [light for light in LIGHTS if network.measurable or light not in FEATURES]
    if state.light not in lights:
        state = LAB.update(light="unit")
    st.selectbox(
        "Colour the text by",
        lights,
        format_func=LIGHTS.__getitem__,
        key=LAB.key("light"),
    )
    if not network.measurable:
        st.caption("In so large a network it would take too long to look for units that follow something.")
    if state.light == "unit":
        LAB.update(unit=min(state.unit, network.units - 1))
        st.number_input("Unit", 0, network.units - 1, key=LAB.key("unit"), persist_state="page")


def keep_own_characters() -> None:
    """Forget the learner's own characters where another text is written, and offer to take them back."""
    state = LAB.read()
    written_by = (
        state.prompt, state.seed, state.temperature, state.top_k, state.top_p, state.weights, state.run
    )  # fmt: skip
    if not LAB.just_opened() and st.session_state.get(WRITTEN_BY, written_by) != written_by:
        state = LAB.update(put=())
    st.session_state[WRITTEN_BY] = written_by
    if not state.put:
        return
    at, index = state.put[-1]
    show_sentence(
        f"{LAB}.own",
        st.caption,
        f"{counted(len(state.put), 'character')} of the text {'is' if len(state.put) == 1 else 'are'} yours; "
        f"the last is {name_character(novels.ALPHABET[index])}, number {at + 1}.",
    )
    with st.container(horizontal=True):
        st.button("Take the last back", icon=":material/undo:", on_click=_take_back, args=(1,))
        if len(state.put) > 1:
            st.button("Take all back", icon=":material/undo:", on_click=_take_back, args=(len(state.put),))


def _take_back(count: int) -> None:
    put = LAB.read().put
    LAB.update(put=put[:-count], at=put[-count][0])
