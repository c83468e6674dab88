"""Below the film: weights to take away, what is asked of it, and the code behind it."""

from __future__ import annotations

from functools import partial

import streamlit as st

from dlviz.training.runs import checkpoints, service
from dlviz.ui import lesson
from dlviz.ui.training import machine_questions, takeaway
from dlviz.ui.training.machine_film import Asked, Film, film, thinned
from dlviz.ui.training.machine_state import LATEST, NOTHING
from dlviz.ui.training.machine_view import nearest, stood
from dlviz.ui.training.networks import Trained
from dlviz.ui.training.state import LAB, get
from dlviz.ui.training.watched import Watched


def below(run: Watched, seen: Film) -> None:
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


def _weights(run: Watched, step: int) -> None:
    st.download_button(
        f"Weights after step {step:,}",
        partial(takeaway.weights, run, step),
        f"{takeaway.file_name(run.run)}-step-{step}.safetensors",
        icon=":material/download:",
        type="tertiary",
        on_click="ignore",
        key=f"{LAB}.machine.take.{step}",
        help="As safetensors. The script behind “The code behind the picture” reads it.",
    )


def lessons(run: Watched, asked: Asked, seen: Film) -> None:
    """The questions, the code, and the script."""
    if len(seen.moments) > 1:
        kernels = partial(film, run, asked, "kernels", "", stood())
        lesson.predict(LAB, lambda: machine_questions.ask(seen, kernels))
    step = next(reversed(seen.moments))
    lesson.code(
        LAB, machine_questions.sources(get("what")), lambda: script(run, asked, step), "checkpoints.py"
    )


def script(run: Watched, asked: Asked, step: int) -> str:
    """The plain script that asks weights files of this run the same.

    Args:
        step: of a checkpoint that can be read.
    """
    from dlviz.training.checkpoint_script import checkpoint_script, indices, picture
    from dlviz.training.state import State

    state = State.load(checkpoints.path(service.shared().store.folder(run.run), step))
    trained = Trained(state.model(), state.class_name, state.facts, step)
    told = picture(asked.drawn) if asked.kind == "picture" else indices(asked.as_read(trained)[0].tolist())
    return checkpoint_script(state.class_name, state.arguments, trained.classes, told)
