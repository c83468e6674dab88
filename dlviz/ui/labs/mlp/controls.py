"""Controls of the MLP lab: the weights, the layer and the order of its units, and the panel of detail."""

import streamlit as st

from dlviz.ui.inputs.digit import offer_other_digits
from dlviz.ui.labs.mlp.state import LAB, ORDERS, PANELS, WEIGHTS, State


def choose_network(state: State, layers: int) -> None:
    """Weights, their seed, the hidden layer and its order, and ways to put another digit on the pad.

    Args:
        layers: number of the network's hidden layers.
    """
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        of_run = state.run or state.weights == "run"
        choose(
            "Weights",
            "weights",
            WEIGHTS if of_run else {name: text for name, text in WEIGHTS.items() if name != "run"},
            help="What training has made of the network, against random numbers such as it began with.",
        )
        if state.weights == "random":
            st.number_input("Seed", 0, 9999, key=LAB.key("seed"), width=110)
        if layers > 1:
            st.segmented_control(
                "Hidden layer",
                range(1, layers + 1),
                required=True,
                key=LAB.key("layer"),
                on_change=_forget_unit,
            )
        choose("Units", "order", ORDERS)
        offer_other_digits(LAB)


def _forget_unit() -> None:
    """The number chosen speaks of a unit of another layer."""
    LAB.update(unit=None)


def choose_panel() -> None:
    """The panel of detail."""
    choose("Look closer", "panel", PANELS, label_visibility="collapsed", wrap=True)


def choose(label: str, field: str, options: dict[str, str], **arguments) -> None:
    """A field of a few words, shown by the texts of its options."""
    st.segmented_control(
        label,
        list(options),
        format_func=options.__getitem__,
        required=True,
        key=LAB.key(field),
        **arguments,
    )
