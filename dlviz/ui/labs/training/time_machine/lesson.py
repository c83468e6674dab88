"""Below the film: weights to take away, what is asked of it, and the code behind it."""

from __future__ import annotations

from functools import partial

import streamlit as st

from dlviz.training.runs import checkpoints, service
from dlviz.ui import lesson
from dlviz.ui.labs.training.my_runs import downloads
from dlviz.ui.labs.training.state import LAB, get
from dlviz.ui.labs.training.time_machine import questions
from dlviz.ui.labs.training.time_machine.film import Asked, Film, film, thinned
from dlviz.ui.labs.training.time_machine.picture import nearest, stood
from dlviz.ui.labs.training.time_machine.state import LATEST, NOTHING
from dlviz.ui.runs.checkpoints import Checkpoint
from dlviz.ui.runs.file_name import file_name
from dlviz.ui.runs.live_run import LiveRun


def below(run: LiveRun, seen: Film) -> None:
    """What of the run is not shown, and the weights of what is looked at."""
    if sentence := thinned(run, stood()):
        st.caption(sentence)
    steps = list(seen.moments)
    places = {steps[-1] if get("at") == LATEST else steps[nearest(steps, get("at"))]}
    if get("beside") != NOTHING:
        places.add(steps[nearest(steps, get("beside"))])
    with st.container(horizontal=True, gap="small"):
        for step in sorted(places):
            _weights(run, step)


def _weights(run: LiveRun, step: int) -> None:
    st.download_button(
        f"Weights after step {step:,}",
        partial(downloads.weights, run, step),
        f"{file_name(run.run)}-step-{step}.safetensors",
        icon=":material/download:",
        type="tertiary",
        on_click="ignore",
        key=f"{LAB}.machine.take.{step}",
        help="As safetensors. The script behind “The code behind the picture” reads it.",
    )


def lessons(run: LiveRun, asked: Asked, seen: Film) -> None:
    """The questions, the code, and the script."""
    if len(seen.moments) > 1:
        kernels = partial(film, run, asked, "kernels", "", stood())
        lesson.predict(LAB, lambda: questions.ask(seen, kernels))
    step = next(reversed(seen.moments))
    lesson.code(LAB, questions.sources(get("what")), lambda: script(run, asked, step), "checkpoints.py")


def script(run: LiveRun, asked: Asked, step: int) -> str:
    """The plain script that asks weights files of this run the same.

    Args:
        step: of a checkpoint that can be read.
    """
    from dlviz.scripts.checkpoint import checkpoint_script, indices, picture
    from dlviz.training.state import State

    state = State.load(checkpoints.path(service.shared().store.folder(run.run), step))
    trained = Checkpoint(state.model(), state.class_name, state.facts, step)
    told = picture(asked.drawn) if asked.kind == "picture" else indices(asked.as_read(trained)[0].tolist())
    return checkpoint_script(state.class_name, state.arguments, trained.classes, told)
