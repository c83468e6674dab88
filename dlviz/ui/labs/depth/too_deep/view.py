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
from dlviz.ui.labs.depth.too_deep.state import MOST_STEPS, RATIOS, TooDeepFields
from dlviz.ui.labs.depth.turns import TURNS, learner, slice_length
from dlviz.ui.server import model_cache
from dlviz.ui.session_cache import compute_once
from dlviz.ui.text_format.markdown import plain
from dlviz.ui.verdict import show_sentence

EVERY = 0.2  # seconds between two redraws


def show(state: State) -> None:
    """Choose the networks, guess, and watch them learn side by side."""
    if LAB.just_opened():
        st.session_state[PLAYING] = False
    left, right = st.columns([1, 3], gap="large")
    with left:
        choose_networks()
    with right:
        st.radio(
            "Your guess: how many times smaller is the gradient in the plain networks’ first layer than in "
            "their last one?",
            list(RATIOS),
            index=None,
            format_func=lambda name: RATIOS[name][0],
            horizontal=True,
            key=LAB.key("guess_ratio"),
        )
        with model_cache.waiting():
            towers = find_towers(state)
        live = st.session_state.get(PLAYING, False) or towers.steps < state.tower_steps
        show_buttons(towers.steps, live)
        st.fragment(run_every=EVERY if live else None, key=f"{LAB}.towers.live")(_show)(live)
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


def _show(live: bool) -> None:
    """Let the networks learn a little further, and draw them.

    Args:
        live: true if the rest of the page is drawn for networks that learn.
    """
    state = LAB.read()
    playing = st.session_state.get(PLAYING, False)
    towers = find_towers(state)
    aim = MOST_STEPS if playing else state.tower_steps
    points = learned_points(state)
    with TURNS.take_turn(learner()) as players:
        end = time.thread_time() + slice_length(players)
        while towers.steps < aim and time.thread_time() < end:
            towers.step(points)
    if playing:
        LAB.update(tower_steps=towers.steps)
    elif towers.steps < aim:
        st.progress(towers.steps / aim, f"Step {towers.steps:,} of {aim:,}")
    if state.guess_ratio and towers.steps:
        plain_norms = towers.first_norms[KINDS.index("plain")]
        right, sentence = captions.answer_guess(state.guess_ratio, plain_norms)
        colour, icon = ("green", "check") if right else ("orange", "lightbulb")
        st.markdown(f":{colour}[:material/{icon}: {plain(sentence)}]")
    if not towers.steps:
        st.info("Guess first, then press Play, or take one step.", icon=":material/psychology_alt:")
    else:
        show_sentence(f"{LAB}.towers.steps", st.caption, captions.describe_steps(towers))
        show_towers(towers)
        if not live or towers.steps >= aim:
            show_sentence(f"{LAB}.towers.verdict", st.markdown, captions.verdict(towers))
            show_sentence(f"{LAB}.towers.gradient", st.markdown, captions.describe_gradients(towers))
    if live and towers.steps >= aim:
        st.session_state[PLAYING] = False
        st.rerun(scope="app")
