"""What every checkpoint is asked: the learner's drawing, sentence or text, or a photograph of the task."""

from __future__ import annotations

import numpy as np
import streamlit as st

from dlviz.training.runs.store import UnknownRun
from dlviz.ui.inputs import digit
from dlviz.ui.labs.training.state import LAB, get
from dlviz.ui.labs.training.time_machine.film import Asked
from dlviz.ui.runs import evaluation_examples
from dlviz.ui.runs.live_run import LiveRun

LAST = f"{LAB}.machine.drawn"  # the last drawing that was finished
SENTENCE, PROMPT = "I love this film", "It was "
LONGEST = 300  # characters


def ask(run: LiveRun) -> Asked | None:
    """The input; None, with a sentence, while there is nothing to ask."""
    kind = evaluation_examples.kind(run.config)
    if kind != "pictures":
        return _written("sentence" if kind == "sentences" else "text")
    return _photograph(run) if run.config.task == "cifar10" else _drawn()


def _drawn() -> Asked | None:
    with st.container(key="paper"):
        drawing = digit.current(LAB)
    with st.container(horizontal=True, gap="small"):
        digit.others(LAB)
    if drawing.final:
        st.session_state[LAST] = None if drawing.pixels is None else Asked.picture(drawing.pixels)
    if (asked := st.session_state.get(LAST)) is None:
        st.info("Draw something: every checkpoint is asked what it is.", icon=":material/draw:")
    return asked


def _written(kind: str) -> Asked | None:
    label, usual = ("Your sentence", SENTENCE) if kind == "sentence" else ("Your text", PROMPT)
    typed = st.text_input(label, placeholder=usual, max_chars=LONGEST, key=f"{LAB}.text")
    if kind == "text":
        st.caption("The answer is the character that comes next.")
    return Asked(kind, text=typed or usual)


def _photograph(run: LiveRun) -> Asked | None:
    """Nobody can draw in colour here: one of the photographs that the run is measured on."""
    from dlviz.data.mnist import MissingData

    try:
        pictures = evaluation_examples.pictures(run.run, run.config)
    except (MissingData, UnknownRun) as problem:
        st.info(str(problem), icon=":material/database_off:")
        return None
    number = min(get("photo"), len(pictures) - 1)
    st.session_state[f"{LAB}.photo"] = number
    st.number_input("Photograph number", 0, len(pictures) - 1, key=f"{LAB}.photo")
    st.image(np.moveaxis(pictures[number], 0, 2), width=160)
    return Asked.picture(pictures[number].astype(np.float32) / 255)
