"""The view itself, from top to bottom."""

from __future__ import annotations

import time

import streamlit as st

from dlviz.plane.towers import KINDS, Towers
from dlviz.ui import lesson
from dlviz.ui.labs.depth.state import LAB, State
from dlviz.ui.labs.depth.too_deep import captions, questions
from dlviz.ui.labs.depth.too_deep.controls import PLAYING, TOWERS, choose_networks, show_buttons
from dlviz.ui.labs.depth.too_deep.forward import learned_points, make_towers
from dlviz.ui.labs.depth.too_deep.pictures import show_towers
from dlviz.ui.labs.depth.too_deep.state import MOST_STEPS, TooDeepFields
from dlviz.ui.labs.depth.turns import TURNS, learner, redraw_after, slice_length
from dlviz.ui.prediction import ask_before_result
from dlviz.ui.server import model_cache
from dlviz.ui.session_cache import compute_once
from dlviz.ui.verdict import show_sentence

EVERY = 0.2  # seconds between two redraws, where few play
FAR = 1.6  # factor by which the time between two redraws may differ from what it should be
PATIENCE = 0.1  # seconds that a redraw waits for its turn to learn, before it goes without


def show(state: State) -> None:
    """Choose the networks, predict, and watch them learn side by side."""
    left, right = st.columns([1, 3], gap="large")
    with left:
        choose_networks()
    with right:
        with model_cache.waiting():
            towers = find_towers(state)
        live = st.session_state.get(PLAYING, False) or towers.steps < state.tower_steps
        show_buttons(towers.steps, live)
        every = redraw_after(TURNS.count_players(), EVERY)
        st.fragment(run_every=every if live else None, key=f"{LAB}.towers.live")(_show)(live, every)
    lesson.predict(LAB, lambda: questions.questions(state))
    lesson.code(
        LAB, questions.shown_code, lambda: st.code(questions.notebook_snippet(state), language="python")
    )


def find_towers(state: TooDeepFields) -> Towers:
    """The learner's networks, as far as they have learned in this session; new ones if that is too far."""
    chosen = (
        state.tower_pattern,
        state.tower_layers,
        state.tower_activation,
        state.tower_first,
        state.tower_rate,
        state.tower_seed,
    )
    towers = compute_once(TOWERS, chosen, lambda: make_towers(state))
    # While they learn the state may lag behind: a report of the browser ends a run of the page anywhere.
    if towers.steps > state.tower_steps and not st.session_state.get(PLAYING):
        del st.session_state[TOWERS]
        towers = compute_once(TOWERS, chosen, lambda: make_towers(state))
    return towers


def _show(live: bool, every: float) -> None:
    """Let the networks learn a little further, and draw them.

    Args:
        live: true if the rest of the page is drawn for networks that learn.
        every: seconds from one redraw to the next while they do.
    """
    state = LAB.read()
    playing = st.session_state.get(PLAYING, False)
    towers = find_towers(state)
    aim = MOST_STEPS if playing else state.tower_steps
    points = learned_points(state)
    with TURNS.take_turn(learner(), PATIENCE) as players:
        end = time.thread_time() + slice_length(players) if players else 0.0
        while towers.steps < aim and time.thread_time() < end:
            towers.step(points)
    if playing:
        LAB.update(tower_steps=towers.steps)
    elif towers.steps < aim:
        st.progress(towers.steps / aim, f"Step {towers.steps:,} of {aim:,}")
    norms = towers.first_norms[KINDS.index("plain")] if towers.steps else None
    waiting = "Your prediction is kept: take a step."
    ask_before_result(LAB, questions.main_question(norms), "deep", waiting)
    if not towers.steps:
        st.info("Press Play, or take one step.", icon=":material/play_arrow:")
    else:
        show_sentence(f"{LAB}.towers.steps", st.caption, captions.describe_steps(towers))
        show_towers(towers)
        if not live or towers.steps >= aim:
            show_sentence(f"{LAB}.towers.verdict", st.markdown, captions.verdict(towers))
            show_sentence(f"{LAB}.towers.gradient", st.markdown, captions.describe_gradients(towers))
    if live and towers.steps >= aim:
        st.session_state[PLAYING] = False
        st.rerun(scope="app")
    if live and players and not 1 / FAR < redraw_after(players, EVERY) / every < FAR:
        st.rerun(scope="app")  # many more or fewer play now: the clock is set anew
