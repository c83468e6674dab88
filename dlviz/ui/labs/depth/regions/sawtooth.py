"""The panel of the saw-tooth: layers fold what is folded, so teeth double; one layer adds them one by one."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import streamlit as st
import torch

from dlviz.plane.sawtooth import (
    DEPTHS,
    POINTS,
    LineNetworks,
    choose_shapes,
    draw_sawtooth,
    set_one_layer,
    set_tents,
)
from dlviz.ui.labs.depth.network_choice import PACE
from dlviz.ui.labs.depth.regions import captions, questions
from dlviz.ui.labs.depth.regions.state import SIZES
from dlviz.ui.labs.depth.state import LAB, State
from dlviz.ui.prediction import ask_first, predicted
from dlviz.ui.session_cache import compute_once, is_computed
from dlviz.ui.verdict import show_sentence

PLACE = "sawtooth"  # of the question
SEEDS = 5
STEPS = 2000
SLICE = 0.2  # seconds of training in one run of the page
PLAIN = {"displayModeBar": False}
TRAINED = "depth.sawtooth"


@dataclass(frozen=True, eq=False)
class Fit:
    """Curves of networks of one shape that are to draw the saw-tooth.

    Args:
        by_hand: (points,) with weights set by hand.
        trained: (seeds, points) trained from random weights; None before.
        hand_error, errors: root mean squared errors, of the first and, (seeds,), of the others.
    """

    by_hand: np.ndarray
    trained: np.ndarray | None
    hand_error: float
    errors: np.ndarray


def show_sawtooth(state: State) -> None:
    """Ask what will break first, then draw both networks."""
    st.subheader("Depth multiplies folds", anchor=False)
    st.markdown(captions.SAWTOOTH)
    if state.tents < questions.find_breaking_depth() or predicted(LAB, PLACE):  # else the answer is on screen
        ask_first(LAB, questions.main_question, place=PLACE)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.segmented_control("Layers of the deep network", DEPTHS, required=True, key=LAB.key("tents"))
        st.segmented_control(
            "Weights of the trained ones",
            list(SIZES),
            format_func=lambda name: captions.name_size(name, LAB.read().tents),
            required=True,
            key=LAB.key("tent_weights"),
        )
        st.button(f"Train both from {SEEDS} seeds", key=f"{LAB}.sawtooth.train", on_click=_begin)
    networks = _networks(LAB.read())
    learning = networks is not None and networks["deep"].steps < STEPS
    st.fragment(run_every=PACE if learning else None, key=f"{LAB}.sawtooth.live")(_show)(learning)


def _depends_on(state: State) -> tuple[object, ...]:
    return state.tents, state.tent_weights


def _begin() -> None:
    state = LAB.read()
    shapes = choose_shapes(state.tents, SIZES[state.tent_weights])
    st.session_state.pop(TRAINED, None)
    compute_once(
        TRAINED,
        _depends_on(state),
        lambda: {way: LineNetworks(*shape, SEEDS) for way, shape in shapes.items()},
    )


def _networks(state: State) -> Mapping[str, LineNetworks] | None:
    """The networks in training or trained; None if there are none of the chosen sizes."""
    return (
        compute_once(TRAINED, _depends_on(state), dict) if is_computed(TRAINED, _depends_on(state)) else None
    )


def _show(learning: bool) -> None:
    state = LAB.read()
    x = np.linspace(0, 1, POINTS, dtype=np.float32)
    teeth = draw_sawtooth(state.tents, x)
    networks = _networks(state)
    fits = measure_fits(state.tents, x, teeth, networks)
    for column, (way, fit) in zip(st.columns(2), fits.items(), strict=True):
        with column:
            _draw(way, fit, x, teeth, state)
    show_sentence(f"{LAB}.sawtooth.by_hand", st.markdown, captions.by_hand(state.tents, fits))
    if networks and (steps := networks["deep"].steps):
        show_sentence(
            f"{LAB}.sawtooth.trained", st.markdown, captions.trained(steps, fits, float(teeth.std()))
        )
    if networks and learning:
        # At the end, so that what is drawn does not wait for it.
        _train(networks, x, teeth)
        if networks["deep"].steps >= STEPS:
            st.rerun()


def _train(networks: Mapping[str, LineNetworks], x: np.ndarray, teeth: np.ndarray) -> None:
    """Train for a slice of time."""
    stop = time.thread_time() + SLICE
    places, heights = torch.from_numpy(x), torch.from_numpy(teeth)
    while networks["deep"].steps < STEPS and time.thread_time() < stop:
        for network in networks.values():
            network.step(places, heights)


@torch.inference_mode()
def measure_fits(
    tents: int, x: np.ndarray, teeth: np.ndarray, networks: Mapping[str, LineNetworks] | None
) -> dict[str, Fit]:
    """Measure how both kinds of networks draw teeth (points,) at places x (points,)."""
    places = torch.from_numpy(x)
    fits = {}
    for way, network in {"deep": set_tents(tents), "wide": set_one_layer(tents)}.items():
        by_hand = network(places[:, None])[:, 0].numpy()
        trained = networks[way](places).numpy() if networks else None
        errors = np.sqrt(((trained - teeth) ** 2).mean(1)) if trained is not None else np.empty(0)
        fits[way] = Fit(by_hand, trained, float(np.sqrt(((by_hand - teeth) ** 2).mean())), errors)
    return fits


def _draw(way: str, fit: Fit, x: np.ndarray, teeth: np.ndarray, state: State) -> None:
    from dlviz.figures.sawtooth import draw_sawtooth_fits

    curves = {"Set by hand": fit.by_hand}
    if fit.trained is not None:
        curves["Best of the trained"] = fit.trained[fit.errors.argmin()]
    named = captions.name_way(way, state.tents, state.tent_weights, fit.trained is not None)
    show_sentence(f"{LAB}.sawtooth.{way}.named", st.markdown, named)
    st.plotly_chart(
        draw_sawtooth_fits(x, teeth, curves),
        key=f"{LAB}.sawtooth.{way}",
        config=PLAIN,
        alt=captions.describe_fit(way, state.tents, fit.hand_error, fit.errors),
    )
