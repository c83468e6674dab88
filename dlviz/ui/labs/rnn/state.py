"""What a learner has chosen in the lab of recurrent networks; all of it is in the page's address."""

import streamlit as st

from dlviz.ui.components import address
from dlviz.ui.inputs import digit, sentence
from dlviz.ui.runs import weights_choice

LAB = "rnn"
WORDS = 200  # of a sentence; longer ones are shortened
BACK = 60  # words, which the gradient of their whole hidden state goes back
LONGEST = 200  # steps: of a series that a learner writes
INPUTS = {"digit": "Digit", "sentence": "Sentence", "series": "Series"}
SERIES = {"sines": "Waves", "pulses": "Pulses", "trends": "Trend", "own": "Own"}
NETWORKS = {"both": "Both", "lstm": "LSTM", "rnn": "RNN"}
LAYERS = {str(layer): f"Layer {layer}" for layer in range(1, 5)}
UNITS = 1024  # of a layer, at the most
TARGETS = {"answer": "the answer", "hidden": "the hidden state"}
INTERVENTIONS = {
    "none": "Nothing",
    "forget": "Hold the forget gate",
    "silence": "Silence the unit",
    "cut": "Cut what is carried over",
    "swap": "Swap a step",
}
SHOWN = {"values": "Values", "difference": "What changed"}
EXAMPLE = "the film was not good at all"


def _text(text: str) -> str:
    if not text.strip():
        raise ValueError(text)
    return text


def _values(text: str) -> str:
    if text:
        from dlviz.data import waves  # late: it takes torch with it

        waves.written(text)
    return text


FIELDS: address.Fields = {
    **weights_choice.FIELDS,
    "input": address.choice(list(INPUTS), "digit"),
    **digit.fields(sample=0),
    "text": address.Field(EXAMPLE, str, lambda text: sentence.link(text, WORDS)),
    "kind": address.choice(list(SERIES), "sines"),
    "seed": address.integer(0, 9999, 0),
    "values": address.Field("", _values),
    "networks": address.choice(list(NETWORKS), "both"),
    "layer": address.choice(list(LAYERS), "1"),
    "step": address.integer(-1, LONGEST - 1, -1),
    "unit": address.integer(-1, UNITS - 1, -1),
    "rnn_unit": address.integer(-1, UNITS - 1, -1),
    "of": address.choice(list(TARGETS), "answer"),
    "what": address.choice(list(INTERVENTIONS), "none"),
    "hold": address.choice(["0", "1"], "0"),
    "start": address.integer(0, LONGEST - 1, 14),
    "word": address.Field("good", _text),
    "shown": address.choice(list(SHOWN), "values"),
}


def get(name: str):
    """A field's value."""
    return st.session_state[f"{LAB}.{name}"]


def put(name: str, value: object) -> None:
    """Change a field's value (before the widget that shows it has been drawn)."""
    st.session_state[f"{LAB}.{name}"] = value
