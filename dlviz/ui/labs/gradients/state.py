"""What a learner has chosen in the lab of gradients; all of it is in the page's address."""

import streamlit as st

from dlviz.ui.components import address

LAB = "gradients"
WEIGHTS = {"untrained": "Untrained", "trained": "Trained"}
HIDDEN = ["16", "32", "64", "128"]
AS_DRAWN = "as it is"
BIASES = [AS_DRAWN, *(f"{half / 2:g}" for half in range(11))]
GAINS = ["1", "1.5", "2", "2.5", "3", "3.5", "4"]

FIELDS: address.Fields = {
    "steps": address.integer(2, 200, 100),
    "weights": address.choice(list(WEIGHTS), "untrained"),
    "hidden": address.choice(HIDDEN, "64"),
    "seed": address.integer(0, 9999, 0),
    "bias": address.choice(BIASES, AS_DRAWN),
    "gain": address.choice(GAINS, "1"),
}


def get(name: str):
    """A field's value."""
    return st.session_state[f"{LAB}.{name}"]
