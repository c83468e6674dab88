"""What a learner has chosen in the lab of text generation; all of it is in the page's address."""

import streamlit as st

from dlviz.ui.components import address
from dlviz.ui.runs import weights_choice

LAB = "generate"
TEMPERATURES = ["0", "0.2", "0.4", "0.6", "0.8", "1", "1.2", "1.5", "2"]
TOP_K = ["1", "2", "3", "5", "10", "20", "all"]
TOP_P = ["0.1", "0.3", "0.5", "0.7", "0.8", "0.9", "0.95", "1"]
LENGTH, MORE, LONGEST = 300, 300, 1200
UNITS = 1024  # of a layer, at the most
LIGHTS = {
    "quotes": "Quotation marks",
    "line": "Line length",
    "word": "Word length",
    "unit": "A unit of my choice",
    "none": "Nothing",
}
PROMPT = 'Elizabeth smiled, and said, "'

FIELDS: address.Fields = {
    **weights_choice.FIELDS,
    "prompt": address.Field(PROMPT, str, lambda prompt: prompt[-500:]),
    "temperature": address.choice(TEMPERATURES, "0.6"),
    "top_k": address.choice(TOP_K, "all"),
    "top_p": address.choice(TOP_P, "1"),
    "seed": address.integer(0, 9999, 4),
    "length": address.integer(1, LONGEST, LENGTH),
    "light": address.choice(list(LIGHTS), "quotes"),
    "unit": address.integer(0, UNITS - 1, 0),
    "at": address.integer(-1, LONGEST - 1, -1),
}


def get(name: str):
    """A field's value."""
    return st.session_state[f"{LAB}.{name}"]


def put(name: str, value: object) -> None:
    """Change a field's value (before the widget that shows it has been drawn)."""
    st.session_state[f"{LAB}.{name}"] = value
