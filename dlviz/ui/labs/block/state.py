"""What a learner has chosen in the lab of the transformer block; all of it is in the page's address."""

import streamlit as st

from dlviz.ui.components import address
from dlviz.ui.inputs import digit
from dlviz.ui.runs import weights_choice

LAB = "block"
WORDS = 24  # of a sentence; longer ones are cut
CHARACTERS = 64  # of a text that CharTransformer reads for its stream; more rows could not be told apart
CONTEXT = 128  # characters that CharTransformer can look back upon
PARTS = {"stream": "Inside the block", "order": "Word order", "write": "Writing"}
NETWORKS = {"text": "Text", "digit": "Digit", "words": "Words"}
TABLES = {"none": "None", "sinusoidal": "Sinusoidal", "text": "Learned: text", "digit": "Learned: digits"}
WIDTHS = [16, 32, 64, 128]
HEADS = [1, 2, 4, 8, 16]
DEEPEST = 6
MOST_BLOCKS, MOST_UNITS = 8, 256  # of a run's network
SHARES = {"0": "Off, as in use", "10": "10 %", "30": "30 %", "50": "50 %"}
VIEWS = {"map": "Heat map", "lines": "Lines"}
SENTENCE, OTHER = "dog bites man", "man bites dog"
TEXT = "It is a truth"
PROMPT = 'Elizabeth smiled, and said, "'
TEMPERATURES = ["0", "0.2", "0.4", "0.6", "0.8", "1", "1.2", "1.5", "2"]
TOP_K = ["1", "2", "3", "5", "10", "20", "all"]
TOP_P = ["0.1", "0.3", "0.5", "0.7", "0.8", "0.9", "0.95", "1"]
LENGTH, MORE, LONGEST = 120, 120, 600


def _number(options: list[int], default: int) -> address.Field:
    words = [str(option) for option in options]
    one = address.choice(words, str(default))
    return address.Field(default, lambda text: int(one.read(text)))


FIELDS: address.Fields = {
    "part": address.choice(list(PARTS), "stream"),
    "network": address.choice(list(NETWORKS), "text"),
    "words": address.Field(SENTENCE, str, lambda text: " ".join(text.split()[:WORDS])[:1000]),
    "other": address.Field(OTHER, str, lambda text: " ".join(text.split()[:WORDS])[:1000]),
    "text": address.Field(TEXT, str, lambda text: text[-CHARACTERS:]),
    **digit.fields(sample=0),
    **weights_choice.FIELDS,
    "seed": address.integer(0, 9999, 0),
    "width": _number(WIDTHS, 32),
    "heads": _number(HEADS, 4),
    "depth": address.integer(1, DEEPEST, 3),
    "table": address.choice(list(TABLES), "none"),
    "dropout": address.choice(list(SHARES), "0"),
    "dropout_seed": address.integer(0, 9999, 0),
    "block": address.integer(0, MOST_BLOCKS - 1, 0),
    "head": address.integer(0, max(HEADS) - 1, 0),
    "token": address.integer(-1, CONTEXT - 1, -1),
    "unit": address.integer(0, MOST_UNITS - 1, 0),
    "pin": address.integer(-1, CONTEXT - 1, -1),
    "view": address.choice(list(VIEWS), "map"),
    "prompt": address.Field(PROMPT, str, lambda prompt: prompt[-CONTEXT:]),
    "temperature": address.choice(TEMPERATURES, "0.6"),
    "top_k": address.choice(TOP_K, "all"),
    "top_p": address.choice(TOP_P, "1"),
    "draw_seed": address.integer(0, 9999, 0),
    "length": address.integer(1, LONGEST, LENGTH),
    "at": address.integer(-1, LONGEST - 1, -1),
    "layer": address.integer(0, 3, 1),
    "lit_head": address.integer(-1, 3, -1),
}


def get(name: str):
    """A field's value."""
    return st.session_state[f"{LAB}.{name}"]


def put(name: str, value: object) -> None:
    """Change a field's value (before the widget that shows it has been drawn)."""
    st.session_state[f"{LAB}.{name}"] = value
