"""Picture of the Text generation lab: the text, drawn in the browser, where characters follow one another."""

import streamlit as st

from dlviz.ui.components import generated_text as typed
from dlviz.ui.labs.generate import captions
from dlviz.ui.labs.generate.forward import ForwardPass
from dlviz.ui.labs.generate.state import LAB, LONGEST, State
from dlviz.ui.text_format.markdown import plain

TEXT = f"{LAB}.typed"


def take_clicks() -> None:
    """Put the character that the learner has come to rest on since the last run into the lab's state."""
    if (at := typed.place(TEXT, LONGEST)) is not None:
        LAB.update(at=at)


def show_text(passed: ForwardPass, state: State) -> None:
    """Draw the text, lit by the unit, and say where the light falls and what made the text."""
    typed.typed(TEXT, typed.message(passed.generated, state.at, passed.light))
    st.caption(plain(captions.longest_stretches(passed)))
    st.caption(f"{captions.surprise(passed)} {plain(passed.network.provenance)}")


def show_remarks(passed: ForwardPass) -> None:
    """Say what the colours mean, and what was changed in the prompt."""
    st.caption(captions.lighting_unit(passed))
    if passed.remark:
        st.info(plain(passed.remark), icon=":material/notes:")
