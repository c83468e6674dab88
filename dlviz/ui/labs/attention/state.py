"""What a learner has chosen in the lab of self-attention; all of it is in the page's address."""

import streamlit as st

from dlviz.ui.components import address
from dlviz.ui.inputs import digit, sentence
from dlviz.ui.runs import weights_choice

LAB = "attention"
GENERATION = f"{LAB}.generation"
OUTLINED = f"{LAB}.outlined"  # the cell that the steps show
WORDS = 32  # of a text; longer ones are cut
SPECIAL = 2  # tokens that BERT puts round a text
PATCHES = 50  # tokens of a digit: the class token, and 49 patches
LARGEST, HEADS, LAYERS, BLOCKS = 384, 16, 6, 8
INPUTS = {"words": "Words", "digit": "Digit"}
WEIGHTS = {"bert": "BERT's", "random": "Random"}
VECTORS = {"table": "BERT's table", "random": "Random"}
VIEWS = {"map": "Map", "lines": "Lines"}
EXAMPLE = "the animal did not cross the street because it was too tired"
# What a cell can be chosen in, in order of computation.
STAGES = ("x", "q", "k", "v", "products", "scaled", "masked", "pattern", "heads", "joined", "out")


def _numbers(text: str) -> list[int]:
    numbers = [int(part) for part in text.split(".")] if text else []
    if any(not 0 <= number < PATCHES for number in numbers) or len(set(numbers)) < len(numbers):
        raise ValueError(text)
    return numbers


def _write_numbers(numbers: list[int]) -> str:
    return ".".join(map(str, numbers))


def _cell(text: str) -> str:
    if text:
        stage, row, column = text.split(".")
        if stage not in STAGES or not (0 <= int(row) < PATCHES and 0 <= int(column) < LARGEST):
            raise ValueError(text)
    return text


FIELDS: address.Fields = {
    "input": address.choice(list(INPUTS), "words"),
    **digit.fields(sample=0),
    "text": address.Field(EXAMPLE, str, lambda text: sentence.link(text, WORDS)),
    "weights": address.choice([*WEIGHTS, "run"], "bert"),
    "run": weights_choice.RUN_FIELD,
    "layer": address.integer(1, LAYERS, 4),
    "block": address.integer(1, BLOCKS, 2),
    "vectors": address.choice(list(VECTORS), "random"),
    "heads": address.integer(1, HEADS, 3),
    "size": address.integer(1, LARGEST, 12),
    "seed": address.integer(0, 9999, 0),
    "head": address.integer(0, HEADS - 1, 1),
    "causal": address.flag(),
    "scaled": address.flag(default=True),
    "pin": address.integer(-1, PATCHES - 1, -1),
    "cell": address.Field("", _cell),
    "view": address.choice(list(VIEWS), "map"),
    "off": address.Field([], _numbers, _write_numbers),
    "hidden": address.Field([], _numbers, _write_numbers),
    "edit": address.flag(),
    "edit_head": address.integer(0, HEADS - 1, 0),
    "query": address.integer(0, PATCHES - 1, 0),
    "key": address.integer(0, PATCHES - 1, 0),
    "weight": address.integer(0, 100, 100),
}


def get(name: str):
    """A field's value."""
    return st.session_state[f"{LAB}.{name}"]


def put(name: str, value: object) -> None:
    """Change a field's value (before the widget that shows it has been drawn)."""
    st.session_state[f"{LAB}.{name}"] = value


def renew() -> None:
    """Let widgets that may not hear of it be made anew: what they show has been changed from outside."""
    st.session_state[GENERATION] = st.session_state.get(GENERATION, 0) + 1
