"""Dreams of a class at every checkpoint: the picture that a network would like to see, as it learns."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from dlviz.networks import NETWORKS
from dlviz.training.runs.store import UnknownRun
from dlviz.ui.components.gallery import gallery
from dlviz.ui.labs.training.state import LAB
from dlviz.ui.labs.training.time_machine import captions
from dlviz.ui.labs.training.time_machine.film import Film, NetworkInput
from dlviz.ui.runs.checkpoints import Checkpoint, load_checkpoint
from dlviz.ui.runs.live_run import LiveRun
from dlviz.ui.session_cache import compute_once
from dlviz.ui.text_format.markdown import plain
from dlviz.ui.text_format.numbers import number
from dlviz.ui.verdict import show_sentence
from dlviz.weights import BadWeights

if TYPE_CHECKING:
    from dlviz.dream import Dreams

ASKED = f"{LAB}.machine.dreams_asked"  # the run whose dreams the learner has asked for
CLASS = f"{LAB}.machine.dreams_class"
STEPS, EVERY = 64, 0.15  # of each dream; seconds between two redraws


def offer_dreams(run: LiveRun, given: NetworkInput, shown: Film) -> None:
    """Offer the dream of a class at each checkpoint of a film, where the network reads whole pictures."""
    if NETWORKS[run.config.model].reads != "pictures" or given.kind != "picture":
        return
    if st.session_state.get(ASKED) != run.run:
        st.button(
            "What would it like to see, checkpoint by checkpoint?",
            icon=":material/bedtime:",
            on_click=_ask,
            args=(run.run,),
            help="A picture that excites a class as much as it can, made each time from the same beginning.",
        )
        return
    names = shown.classes
    chosen = st.selectbox(
        "It dreams of", range(len(names)), format_func=lambda at: plain(names[at]), key=CLASS, width=200
    )
    steps = list(shown.moments)
    dreams = compute_once(
        f"{LAB}.machine.dreams", (run.run, tuple(steps), chosen), dict[int, "Dreams | None"]
    )
    live = len(dreams) < len(steps)
    part = st.fragment(run_every=EVERY if live else None, key=f"{LAB}.machine.dreaming")
    part(_show)(run.run, given, steps, chosen, names[chosen], dreams, live)


def _ask(run: str) -> None:
    st.session_state[ASKED] = run
    st.session_state.pop(CLASS, None)


def _show(
    run: str,
    given: NetworkInput,
    steps: list[int],
    chosen: int,
    name: str,
    dreams: dict[int, Dreams | None],
    live: bool,
) -> None:
    """Let the next checkpoint dream, and draw all dreams so far."""
    if left := [step for step in steps if step not in dreams]:
        dreams[left[0]] = dream_after(run, left[0], given, chosen)
        st.progress(
            len(dreams) / len(steps), f"Checkpoint {len(dreams)} of {len(steps)} dreams of {plain(name)}"
        )
    seen = {step: each for step in steps if (each := dreams.get(step))}
    if seen:
        values = {step: float(each.values[0]) for step, each in seen.items()}
        pictures = np.concatenate([np.rint(255 * each.pictures.numpy()) for each in seen.values()])
        notes = [f"step {step:,}\n{number(value, '.3g')}" for step, value in values.items()]
        shown = (pictures if pictures.shape[1] == 3 else pictures[:, 0]).astype(np.uint8)
        told = captions.dreams(name, values)
        gallery(f"{LAB}.machine.dreamed", shown, notes, told, side=84)
        show_sentence(f"{LAB}.machine.dreams_told", st.caption, plain(told))
    if live and len(dreams) == len(steps):
        st.rerun(scope="app")


def dream_after(run: str, step: int, given: NetworkInput, chosen: int) -> Dreams | None:
    """The dream of a class after a step of a run; None where its checkpoint has gone or means nothing."""
    from dlviz.training.state import BadState

    try:
        return dream_at(load_checkpoint(run, step), given, chosen)
    except (BadState, UnknownRun):
        return None


def dream_at(checkpoint: Checkpoint, given: NetworkInput, chosen: int) -> Dreams | None:
    """The dream of a class by the network of a checkpoint; None where its numbers mean nothing.

    Args:
        given: a picture of the size that it reads.
    """
    from dlviz.dream import Target, dream
    from dlviz.trace import trace

    x = given.tensor(checkpoint)
    _, channel, height, width = x.shape
    try:
        _, record = trace(checkpoint.model, x)
        target = Target(list(record)[-1], chosen)
        *_, last = dream(checkpoint.model, target, (channel, height, width), starts=1, steps=STEPS)
    except BadWeights:
        return None
    return last
