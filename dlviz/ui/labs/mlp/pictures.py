"""Pictures of the MLP lab: the answer, and the hidden units between the drawing and the logits."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import streamlit as st

from dlviz.ui.components import events
from dlviz.ui.components.hidden_layer import Picture, hidden_layer
from dlviz.ui.components.pad import Placed
from dlviz.ui.labs.mlp import captions
from dlviz.ui.labs.mlp.forward import ForwardPass, layer_weights, shown_order, shown_unit, target
from dlviz.ui.labs.mlp.networks import FullyConnectedNetwork
from dlviz.ui.labs.mlp.state import LAB, State
from dlviz.ui.text_format.markdown import plain
from dlviz.ui.text_format.numbers import probability
from dlviz.ui.verdict import show_sentence
from dlviz.weights import BadWeights

UNITS = f"{LAB}.units"
DRAWN = 256  # units at most: more are too many to look at, and to send at every stroke


def take_clicks(state: State) -> State:
    """Select the unit or answer that has been clicked since the last run; the new state."""
    if unit := events.numbers(UNITS, "unit", 1):
        state = LAB.update(unit=unit[0])
    if answer := events.numbers(UNITS, "answer", 1):
        state = LAB.update(answer=str(answer[0]), panel="answer")
    return state


@contextmanager
def say_bad_weights() -> Iterator[None]:
    """Say in one sentence why weights cannot be used, in the place of what needed them."""
    try:
        yield
    except BadWeights as problem:
        st.error(plain(str(problem)), icon=":material/scale:")


def show_answer(passed: ForwardPass | None, placed: Placed | None) -> None:
    """The network's answer, or an invitation while nothing is drawn.

    Args:
        placed: the test digit or picture that is shown, if it is one.
    """
    if passed is None:
        st.subheader("Draw a digit, and see which units it lights.", anchor=False)
        st.caption("Or press **Surprise me** for one of MNIST's test digits.")
        return
    names = passed.network.classes
    first, *others = map(int, passed.probabilities.argsort()[::-1][:2])
    with st.container(horizontal=True, gap="large"):
        st.metric("It says", plain(names[first]), width="content")
        st.metric("with probability", probability(float(passed.probabilities[first])), width="content")
        for second in others:
            share = probability(float(passed.probabilities[second]))
            st.metric("Runner-up", f"{plain(names[second])} · {share}", width="content")
    label = placed.label[0].upper() + placed.label[1:] + " · " if placed else ""
    show_sentence(
        f"{LAB}.circumstances", st.caption, label + captions.circumstances(passed, placed is not None)
    )


def show_units(network: FullyConnectedNetwork, passed: ForwardPass | None, state: State) -> None:
    """The drawing, every unit of a hidden layer as a picture of its weights, and the logits."""
    weights = unit_pictures(network, state.layer)
    count, classes = len(weights), len(network.classes)
    order = np.arange(count) if passed is None else shown_order(passed, state)
    order = order[:DRAWN]
    untouched = passed.untouched if passed else None
    hidden_layer(
        UNITS,
        Picture(
            title=captions.layer_title(network, state.layer, len(order)),
            note=captions.layer_note(passed, state),
            alt=captions.describe_layer(passed, network, state),
            weights=weights[order],
            units=order.tolist(),
            pixels=passed.pixels if passed else None,
            activations=passed.activations(state.layer)[order] if passed else np.zeros(len(order)),
            selected=shown_unit(passed, state) if passed else -1,
            off=passed.off.get(state.layer, []) if passed else [],
            classes=network.classes,
            logits=passed.logits if passed else np.zeros(classes),
            probabilities=[probability(float(p)) for p in passed.probabilities] if passed else [""] * classes,
            untouched=untouched.logits if untouched else None,
            answer=target(passed, state) if passed else -1,
        ),
    )


def unit_pictures(network: FullyConnectedNetwork, layer: int) -> np.ndarray:
    """Weights of each unit of a hidden layer as a picture: (unit, height, width) float32."""
    weights = layer_weights(network, network.hidden_layers[layer - 1])
    return weights if weights.ndim == 3 else np.stack([fold(each) for each in weights])


def fold(values: np.ndarray) -> np.ndarray:
    """Lay a vector (n,) out row by row, as nearly square as its number allows: (height, width)."""
    count = len(values)
    height = next(height for height in range(int(count**0.5), 0, -1) if count % height == 0)
    return values.reshape(height, -1)
