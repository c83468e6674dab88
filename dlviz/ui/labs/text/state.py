"""What a learner has chosen in the lab of text classification; all of it is in the page's address."""

import streamlit as st

from dlviz.ui.components import address
from dlviz.ui.inputs import sentence
from dlviz.ui.runs import weights_choice

LAB = "text"
WORDS = 200  # longer texts are shortened
# What a reader would say of each. The last two are there because the network gets them wrong.
EXAMPLES = {
    "the film was not bad at all": "praise",
    "I don't think the soup was good": "blame",
    "although the plot was boring, I loved the film": "praise",
    "the hotel was lovely but the waiter was rude": "blame",
    "nobody could call this book boring": "praise",
    "great, another broken phone": "blame",
    "I would recommend it to anyone": "praise",
}


FIELDS: address.Fields = {
    **weights_choice.FIELDS,
    "text": address.Field(next(iter(EXAMPLES)), str, lambda text: sentence.link(text, WORDS)),
    "word": address.integer(-1, WORDS - 1, -1),
}


def get(name: str):
    """A field's value."""
    return st.session_state[f"{LAB}.{name}"]


def put(name: str, value: object) -> None:
    """Change a field's value (before the widget that shows it has been drawn)."""
    st.session_state[f"{LAB}.{name}"] = value
