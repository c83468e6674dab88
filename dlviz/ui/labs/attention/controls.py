"""Which weights attend, and how: the controls beside the input."""

from __future__ import annotations

import streamlit as st

from dlviz.ui.labs.attention import interventions
from dlviz.ui.labs.attention.inputs import Source, reads_table
from dlviz.ui.labs.attention.state import HEADS, LAB, LARGEST, LAYERS, VECTORS, WEIGHTS, get, put
from dlviz.ui.runs import digit_transformer, weights_choice

TABLE = 384  # numbers of a vector in BERT's table
FITS = f"{LAB}.fits"  # the last size and heads that went together


def weights() -> None:
    """Which weights, and for random ones their sizes and seed. Raises: BadWeights."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        if get("input") == "digit":
            weights_choice.control(LAB, trained="bert")
            blocks = digit_transformer.count_blocks(digit_transformer.load_network(LAB).model)
            put("block", min(get("block"), blocks))
            _choice("Block of DigitTransformer", "block", range(1, blocks + 1))
            return
        st.segmented_control(
            "Weights", list(WEIGHTS), format_func=WEIGHTS.__getitem__, required=True, key=f"{LAB}.weights"
        )
        if get("weights") == "bert":
            _choice("Layer", "layer", range(1, LAYERS + 1))
            return
        st.segmented_control(
            "Vectors",
            list(VECTORS),
            format_func=VECTORS.__getitem__,
            required=True,
            key=f"{LAB}.vectors",
        )
        _number("Heads", "heads", 1, HEADS)
        if not reads_table():
            _number("Embed size", "size", 1, LARGEST)
        _number("Seed", "seed", 0, 9999)


def _choice(label: str, name: str, options: range) -> None:
    st.segmented_control(label, list(options), required=True, key=f"{LAB}.{name}")


def _number(label: str, name: str, low: int, high: int) -> None:
    st.number_input(label, low, high, key=f"{LAB}.{name}", persist_state="page", width=110)


def fitting() -> tuple[int, int]:
    """The embed size and the heads that are used: the learner's, or where they do not go together the last.

    One sentence says so then.
    """
    size, heads = TABLE if reads_table() else get("size"), get("heads")
    key = f"{FITS}.{reads_table()}"
    if size % heads == 0:
        st.session_state[key] = size, heads
        return size, heads
    kept = st.session_state.get(key, (size, 1))
    st.warning(
        f"An embed size of {size} cannot be split into {heads} equal heads, for {size} ÷ {heads} is "
        f"no whole number. Shown is SelfAttention({kept[0]}, {kept[1]}).",
        icon=":material/splitscreen:",
    )
    return kept


def steps(source: Source, heads: int, head: int) -> None:
    """Mask, scale and interventions."""
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        st.toggle(
            "Causal mask",
            key=f"{LAB}.causal",
            help="Each token looks only at itself and at what came before, as a network that writes has to.",
        )
        st.toggle(
            "Divide by √head_dim",
            key=f"{LAB}.scaled",
            help="Left out, scores are larger and the softmax saturates.",
        )
        interventions.controls(source, heads, head)
