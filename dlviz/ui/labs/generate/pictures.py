"""Picture of the Text generation lab: the text, drawn in the browser, where characters follow one another."""

import numpy as np
import streamlit as st

from dlviz.ui.components.generated_text import Colours, chosen_character, generated_text, put_character
from dlviz.ui.labs.generate import captions
from dlviz.ui.labs.generate.forward import ForwardPass
from dlviz.ui.labs.generate.state import LAB, LONGEST, State
from dlviz.ui.text_format.markdown import plain
from dlviz.ui.verdict import show_sentence

TEXT = f"{LAB}.generated_text"
# Scale, value of full colour (0: the largest), and unit of what colours the text.
UNIT = ("diverging", 0.0, "")
COLOURS = {"surprise": ("sequential", captions.FULL_SURPRISE, "bits"), "influence": ("sequential", 0.0, "")}


def take_clicks() -> None:
    """Put what the learner has done in the text since the last run into the lab's state.

    That is the character that the learner has come to rest on, or one of the learner's own: the network goes
    on from it, so those behind it are forgotten.
    """
    if (at := chosen_character(TEXT, LONGEST)) is not None:
        LAB.update(at=at)
    if (own := put_character(TEXT, LONGEST)) is not None:
        before = [pair for pair in LAB.read().put if pair[0] < own[0]]
        LAB.update(put=(*before, own), at=own[0])


def show_text(passed: ForwardPass, state: State) -> None:
    """Draw the text and its colours, and say where they change, what a character costs and what wrote it."""
    colours = None
    if passed.light is not None:
        colours = Colours(np.nan_to_num(passed.light), *COLOURS.get(passed.colours, UNIT))
    generated_text(TEXT, passed.generated, state.at, colours, own=passed.own)
    show_sentence(
        f"{LAB}.colours",
        st.caption,
        f"{captions.colours(passed)} {plain(captions.longest_stretches(passed))}",
    )
    show_sentence(f"{LAB}.costs", st.markdown, captions.costs(passed))
    show_sentence(f"{LAB}.provenance", st.caption, plain(passed.network.provenance))


def show_remark(passed: ForwardPass) -> None:
    """Say what was changed in the prompt."""
    if passed.remark:
        st.info(plain(passed.remark), icon=":material/notes:")
