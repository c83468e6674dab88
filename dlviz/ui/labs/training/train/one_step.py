"""Panel of a run's network: one step of training at a time, on a copy of it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from dlviz.training.runs import checkpoints, service
from dlviz.training.runs.store import UnknownRun
from dlviz.ui.components.gallery import gallery
from dlviz.ui.labs.training.state import LAB
from dlviz.ui.runs import evaluation_examples, vocabulary
from dlviz.ui.runs.live_run import LiveRun
from dlviz.ui.text_format.markdown import plain
from dlviz.ui.text_format.numbers import counted, number
from dlviz.ui.text_format.quotes import isolated
from dlviz.ui.verdict import show_sentence

if TYPE_CHECKING:
    from dlviz.training.analysis.one_step import OneStep, Steps

HELD = f"{LAB}.one_step"  # the run and its copy that takes steps here
LAYER, PLACE = f"{LAB}.one_step.layer", f"{LAB}.one_step.place"
SHOWN = 16  # examples of a batch
AROUND = 4  # weights shown on either side of the chosen one


def show_one_step(run: LiveRun) -> None:
    """Let a copy of the run's network take steps, and take the newest apart; the run is left alone."""
    held, step = st.session_state.get(HELD), None
    if held and held[0] == run.run:
        step = held[2]
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            "Take a step" if step is None else "Next step",
            icon=":material/skip_next:",
            key=f"{HELD}.next",
            on_click=_take,
            args=(run,),
        )
        if step is not None:
            st.button("From the beginning", type="tertiary", key=f"{HELD}.again", on_click=_begin_again)
        st.caption("On a copy of its network: the run itself is left alone.", width="stretch")
    if problem := st.session_state.pop(f"{HELD}.problem", ""):
        st.error(plain(problem), icon=":material/broken_image:")
    if held is None or step is None:
        st.markdown(
            "A step looks at one batch, works out how steep the loss is in the direction of each weight, and "
            "moves every weight a little downhill. Here you see all of it, down to a single weight."
        )
        return
    _show_batch(held[1], step)
    if not math.isfinite(step.loss):
        st.info("The loss is no number, so there is no gradient and no step.", icon=":material/error:")
        return
    _show_weights(run, step)


def _take(run: LiveRun) -> None:
    from dlviz.training.state import BadState
    from dlviz.training.tasks import BadTask

    held = st.session_state.get(HELD)
    try:
        steps = held[1] if held and held[0] == run.run else _copy(run)
    except (BadState, BadTask, UnknownRun) as problem:
        st.session_state[f"{HELD}.problem"] = str(problem)
        return
    st.session_state[HELD] = run.run, steps, steps.take()
    _forget_place()


def _forget_place() -> None:
    """Choose the weight with the largest gradient anew, in another layer or after another step."""
    st.session_state.pop(PLACE, None)


def _begin_again() -> None:
    st.session_state.pop(HELD, None)


def _copy(run: LiveRun) -> Steps:
    """A learner of its own, at the newest checkpoint from which the run could go on, else at its beginning.

    Raises: BadState, BadTask or UnknownRun.
    """
    import torch

    from dlviz.training.analysis.one_step import Steps
    from dlviz.training.state import State
    from dlviz.training.tasks import own, prepare
    from dlviz.training.trainer_state import Learner

    torch.set_num_threads(1)
    folder = service.shared().store.folder(run.run)
    states = (State.load(checkpoints.path(folder, step)) for step in reversed(run.checkpoints[-2:]))
    start = next((state for state in states if state.random), None)
    return Steps(Learner(run.config, prepare(run.config, own.read(run.config.task, folder)), start))


def _show_batch(steps: Steps, step: OneStep) -> None:
    """The batch, what it is and what the network says of it, and its loss before and after the step."""
    from dlviz.training.tasks.examples import Pictures, Sentences, Sequences

    training = steps.learner.task.training
    named = [str(name) for name in steps.learner.facts()["classes"]]  # pyright: ignore[reportGeneralTypeIssues]
    classes = vocabulary.class_names(steps.learner.config.task, named)
    wrong = int((step.truth != step.said).sum())
    show_sentence(
        f"{LAB}.step",
        st.markdown,
        f"**Step {step.number:,}**: a batch of {counted(len(step.rows), 'example')}, "
        f"{counted(wrong, 'wrong answer')} before the step. Its loss goes from {number(step.loss, '.4g')} to "
        f"{number(step.loss_after, '.4g')}{_length(step)}.",
    )
    captions = [
        f"{isolated(classes[truth])} → {isolated(classes[said])}"
        for truth, said in zip(step.truth[:SHOWN], step.said[:SHOWN], strict=True)
    ]
    if isinstance(training, Pictures):
        pictures = training.images[step.rows[:SHOWN]].numpy()
        alt = f"The batch, what it is → what it says: {', '.join(captions)}"
        gallery(f"{HELD}.batch", pictures, captions, alt, side=48)
    elif isinstance(training, Sentences):
        for row, caption in zip(step.rows[:5], captions, strict=False):
            st.caption(f"{plain(str(training.texts[row]))}: {plain(caption)}")
    elif isinstance(training, Sequences):
        for row, caption in zip(step.rows[:5], captions, strict=False):
            st.caption(f"{evaluation_examples.sequence(steps.learner.config, int(row))}: {caption}")


def _length(step: OneStep) -> str:
    return "" if step.norm is None else f"; the gradient’s norm is {number(step.norm)}"


def _show_weights(run: LiveRun, step: OneStep) -> None:
    """Distance that each layer moves, and for a chosen weight the optimizer's arithmetic."""
    from dlviz.training.analysis.one_step import arithmetic

    left, right = st.columns([1, 1], gap="large")
    with left:
        rows = [_describe_layer(step, name) for name in step.gradients]
        st.table(rows, hide_index=True, border="horizontal")
    with right:
        layer = st.selectbox("Layer", list(step.gradients), key=LAYER, on_change=_forget_place)
        gradients = np.abs(step.gradients[layer].reshape(-1))
        st.session_state[PLACE] = min(
            st.session_state.get(PLACE, int(gradients.argmax())), gradients.size - 1
        )
        place = st.number_input(
            f"Number of the weight, 0 to {gradients.size - 1:,}",
            0,
            gradients.size - 1,
            key=PLACE,
            help="Counted through row by row. At first the one whose gradient is largest.",
        )
        st.table(_neighbours(step, layer, place), hide_index=True, border="horizontal")
        for line in arithmetic(run.config, step, layer, place).lines:
            st.text(line)
        st.caption(f"In the network it is now {number(float(step.after[layer].reshape(-1)[place]), '.5g')}.")


def _describe_layer(step: OneStep, name: str) -> dict[str, str]:
    before, after = step.before[name], step.after[name]
    return {
        "Layer": plain(name),
        "Shape": "×".join(map(str, before.shape)),
        "Norm of its gradient": number(float(np.linalg.norm(step.gradients[name]))),
        "Norm of its step": number(float(np.linalg.norm(after - before))),
        "Norm of its weights": number(float(np.linalg.norm(after))),
    }


def _neighbours(step: OneStep, layer: str, place: int) -> list[dict[str, str]]:
    """The weights around the chosen one: before, their gradients, and after."""
    values = {"before": step.before, "gradient": step.gradients, "after": step.after}
    first = max(0, place - AROUND)
    return [
        {"Weight": what}
        | {
            (f"**{at}**" if at == place else str(at)): number(float(arrays[layer].reshape(-1)[at]))
            for at in range(first, min(place + AROUND + 1, arrays[layer].size))
        }
        for what, arrays in values.items()
    ]
