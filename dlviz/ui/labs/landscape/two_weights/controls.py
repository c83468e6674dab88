"""Controls of the view: the network, two of its weights, and how the optimizers race."""

from __future__ import annotations

import numpy as np
import streamlit as st

from dlviz.data.mnist import MissingData
from dlviz.landscape.two_weights import Weight
from dlviz.ui.components import events
from dlviz.ui.components.weight_cells import weight_cells
from dlviz.ui.labs.landscape.state import LAB
from dlviz.ui.labs.landscape.two_weights import captions
from dlviz.ui.labs.landscape.two_weights.forward import choose_weights, find_missing
from dlviz.ui.labs.landscape.two_weights.networks import Trained, load_trained
from dlviz.ui.labs.landscape.two_weights.state import NETWORK_TITLES, RATES, REACHES
from dlviz.ui.verdict import show_sentence
from dlviz.weights import BadWeights

CELLS = 2560  # weights that one picture shows; of a larger layer, those of one unit
KEY = f"{LAB}.cells"


def choose_network() -> Trained | None:
    """Offer the networks, and the linear layers of the chosen one; None if its weights are missing."""
    st.selectbox(
        "Network",
        list(NETWORK_TITLES),
        format_func=NETWORK_TITLES.__getitem__,
        key=LAB.key("network"),
        on_change=_forget_weights,
    )
    state = LAB.read()
    try:
        trained = load_trained(state.network)
    except (BadWeights, MissingData) as problem:
        st.error(str(problem), icon=":material/scale:")
        return None
    places = range(len(trained.linear))
    LAB.update(layer=min(state.layer, places[-1]))
    st.segmented_control(
        "Linear layer",
        places,
        format_func=lambda place: f"{place + 1} of {len(places)}",
        required=True,
        key=LAB.key("layer"),
        on_change=_forget_weights,
        help=captions.CONVOLUTIONS if trained.has_convolutions else None,
    )
    return trained


def choose_two_weights(trained: Trained) -> tuple[Weight, Weight]:
    """Draw the layer's weights, or one unit's of many, as a picture; the two that are chosen in it."""
    state = LAB.read()
    weights = trained.weights(state.layer)
    units, inputs = weights.shape
    unit = None if units * inputs <= CELLS else _choose_unit(units)
    if missing := find_missing(trained, state):
        LAB.leave_out(**dict.fromkeys(missing))
    first, second = choose_weights(trained, state)
    shown = weights if unit is None else _in_rows(weights[unit])
    picked = events.numbers(KEY, "pick", 1)
    if picked and 0 <= picked[0] < shown.size:
        weight = Weight(*divmod(picked[0], inputs)) if unit is None else Weight(unit, picked[0])
        if weight != second:
            first, second = second, weight
            LAB.update(one=first, two=second)
    weight_cells(
        KEY,
        shown,
        [_cell_of(each, unit, inputs) for each in (first, second)],
        *(("unit", "input") if unit is None else ("row", "column")),
        captions.describe_cells(shown),
    )
    show_sentence(f"{KEY}.chosen", st.caption, captions.tell_chosen(first, second))
    st.button(
        "Where the loss bends most",
        icon=":material/troubleshoot:",
        key=f"{KEY}.most",
        on_click=_forget_weights,
        disabled=LAB.read().one is None,
        help="The two weights whose change the loss feels most.",
    )
    return first, second


def choose_race() -> None:
    """Offer how far the picture goes, and the learning rate."""
    st.select_slider("How far the picture goes to each side", list(REACHES), key=LAB.key("reach"))
    st.select_slider("Learning rate, η", list(RATES), key=LAB.key("rate"))


def _forget_weights() -> None:
    LAB.update(one=None, two=None)


def _choose_unit(units: int) -> int:
    state = LAB.read()
    LAB.update(unit=min(state.unit, units - 1))
    st.number_input("Weights of unit", 0, units - 1, key=LAB.key("unit"))
    return LAB.read().unit


def _in_rows(weights: np.ndarray) -> np.ndarray:
    """Weights (inputs,) of a unit in rows: as the picture's pixels where they belong to those."""
    rows = next(count for count in range(int(len(weights) ** 0.5), 0, -1) if len(weights) % count == 0)
    return weights.reshape(rows, -1)


def _cell_of(weight: Weight, unit: int | None, inputs: int) -> int:
    """Place of a weight in the picture of all, or in that of one unit; −1 if it is not there."""
    if unit is None:
        return weight.unit * inputs + weight.input
    return weight.input if weight.unit == unit else -1
