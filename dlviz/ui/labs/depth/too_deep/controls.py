"""Controls of the view: the networks, and how they learn."""

from __future__ import annotations

import streamlit as st

from dlviz.plane.points import PATTERNS
from dlviz.ui.labs.depth.state import LAB, State
from dlviz.ui.labs.depth.too_deep.state import (
    ACTIVATION_TITLES,
    FIRST_TITLES,
    LEAST_LAYERS,
    MOST_LAYERS,
    MOST_STEPS,
    RATES,
)

PLAYING, TOWERS = f"{LAB}.towers.playing", f"{LAB}.towers"


def rest(state: State) -> None:
    """Let networks that learn stand where they are, as another view is shown, and where the lab is opened."""
    if LAB.just_opened():
        st.session_state[PLAYING] = False
    elif state.view != "deep" and st.session_state.get(PLAYING):
        _pause()


def choose_networks() -> None:
    """Offer the networks' depth, activation, first weights, and what they learn."""
    st.slider("Hidden layers", LEAST_LAYERS, MOST_LAYERS, key=LAB.key("tower_layers"))
    st.segmented_control(
        "Activation",
        list(ACTIVATION_TITLES),
        format_func=ACTIVATION_TITLES.__getitem__,
        required=True,
        key=LAB.key("tower_activation"),
    )
    st.segmented_control(
        "First weights",
        list(FIRST_TITLES),
        format_func=FIRST_TITLES.__getitem__,
        required=True,
        key=LAB.key("tower_first"),
        help="He’s are larger: drawn so that ReLU layers neither shrink nor swell what passes through them.",
    )
    st.select_slider("Learning rate", RATES, key=LAB.key("tower_rate"))
    left, right = st.columns(2)
    left.selectbox("Points", list(PATTERNS), format_func=str.capitalize, key=LAB.key("tower_pattern"))
    right.number_input("Seed", 0, 9999, step=1, key=LAB.key("tower_seed"))


def show_buttons(steps: int, running: bool) -> None:
    """Offer to play or pause, to take one step, and to begin again.

    Args:
        steps: that the networks have taken.
        running: true while they learn.
    """
    with st.container(horizontal=True):
        st.button(
            "Pause" if running else "Play",
            type="primary",
            icon=":material/pause:" if running else ":material/play_arrow:",
            key=f"{LAB}.towers.play",
            on_click=_pause if running else _play,
            disabled=steps >= MOST_STEPS,
        )
        st.button(
            "Step",
            icon=":material/skip_next:",
            key=f"{LAB}.towers.step",
            on_click=_step,
            disabled=running or steps >= MOST_STEPS,
        )
        st.button(
            "Start again",
            icon=":material/replay:",
            key=f"{LAB}.towers.again",
            on_click=_start_again,
            disabled=not steps and not running,
        )


def _play() -> None:
    st.session_state[PLAYING] = True


def _pause() -> None:
    st.session_state[PLAYING] = False
    _, towers = st.session_state[TOWERS]  # as `compute_once` keeps them
    LAB.update(tower_steps=towers.steps)


def _step() -> None:
    LAB.update(tower_steps=min(LAB.read().tower_steps + 1, MOST_STEPS))


def _start_again() -> None:
    st.session_state[PLAYING] = False
    LAB.update(tower_steps=0)
