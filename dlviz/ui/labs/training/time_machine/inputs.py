"""Input of every checkpoint: the learner's drawing, sentence or text, or a photograph of the task."""

from __future__ import annotations

import numpy as np
import streamlit as st

from dlviz.training.runs.store import UnknownRun
from dlviz.ui.inputs import digit
from dlviz.ui.labs.training.state import LAB, State
from dlviz.ui.labs.training.time_machine.film import NetworkInput
from dlviz.ui.labs.training.train.my_input import draw_input
from dlviz.ui.runs import evaluation_examples
from dlviz.ui.runs.live_run import LiveRun
from dlviz.ui.text_format.markdown import plain

LAST = f"{LAB}.machine.drawn"  # the last drawing that was finished
SENTENCE, PROMPT = "I love this film", "It was "
LONGEST = 300  # characters
SEED = 0  # of the sequence that is read at first


def choose_input(run: LiveRun, state: State) -> NetworkInput | None:
    """The input, and the controls to choose it; None, with a sentence, while there is none."""
    match evaluation_examples.kind(run.config):
        case "pictures":
            return _choose_photograph(run, state) if run.config.task == "cifar10" else _draw(run)
        case "sentences":
            return _write("sentence", "Your sentence", SENTENCE)
        case "sequences":
            return _write("sequence", "Your sequence", evaluation_examples.sequence(run.config, SEED))
        case _:
            given = _write("text", "Your text", PROMPT)
            st.caption("The answer is the character that comes next.")
            return given


def _draw(run: LiveRun) -> NetworkInput | None:
    with st.container(key="paper"):
        drawing = draw_input(run)
    if run.config.task == "digits":
        with st.container(horizontal=True, gap="small"):
            digit.offer_other_digits(LAB)
    if drawing.final:
        pixels = drawing.pixels
        st.session_state[LAST] = None if pixels is None else NetworkInput.from_picture(pixels)
    given = st.session_state.get(LAST)
    if given is None:
        st.info("Draw something: every checkpoint is asked what it is.", icon=":material/draw:")
    return given


def _write(kind: str, label: str, usual: str) -> NetworkInput:
    text = st.text_input(label, placeholder=usual, max_chars=LONGEST, key=LAB.key("text"))
    return NetworkInput(kind, text=text or usual)


def _choose_photograph(run: LiveRun, state: State) -> NetworkInput | None:
    """One of the photographs that the run is measured on: nobody can draw in colour here."""
    from dlviz.data.mnist import MissingData

    try:
        pictures = evaluation_examples.pictures(run.run, run.config)  # (n, 3, 32, 32) uint8
    except (MissingData, UnknownRun) as problem:
        st.info(plain(str(problem)), icon=":material/database_off:")
        return None
    number = LAB.update(photo=min(state.photo, len(pictures) - 1)).photo
    st.number_input("Photograph number", 0, len(pictures) - 1, key=LAB.key("photo"))
    st.image(np.moveaxis(pictures[number], 0, 2), width=160, alt=f"Photograph number {number}")
    return NetworkInput.from_picture(pictures[number].astype(np.float32) / 255)
