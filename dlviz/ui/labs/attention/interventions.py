"""Interventions of the Self-attention lab: heads switched off, tokens masked, one weight set."""

import zlib
from typing import Any

import streamlit as st

from dlviz.ui.labs.attention.changes import Changes, possible_changes
from dlviz.ui.labs.attention.networks import AttentionNetwork
from dlviz.ui.labs.attention.sequences import TokenSequence
from dlviz.ui.labs.attention.state import LAB
from dlviz.ui.text_format.markdown import plain

GENERATION = f"{LAB}.generation"
OUTLINED = f"{LAB}.outlined"  # the cell that the steps show


def renew_widgets() -> None:
    """Make the widgets anew: their fields have been changed from outside, which a closed popover misses."""
    st.session_state[GENERATION] = st.session_state.get(GENERATION, 0) + 1


def choose_changes(network: AttentionNetwork, sequence: TokenSequence) -> Changes:
    """Mask, scale and interventions, and their controls; a sentence says why where one is impossible."""
    heads = network.attention.heads
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        st.toggle(
            "Causal mask",
            key=LAB.key("causal"),
            help="Each token looks only at itself and at what came before, as a network that writes has to.",
        )
        st.toggle(
            "Divide by √head_dim",
            key=LAB.key("scaled"),
            help="Left out, scores are larger, and the softmax may saturate.",
        )
        _intervene(sequence, heads)
    changes, refusals = possible_changes(sequence, heads, LAB.read())
    for refusal in refusals:
        st.warning(plain(refusal))
    return changes


def _intervene(sequence: TokenSequence, heads: int) -> None:
    state = LAB.read()
    active = bool(state.off or state.hidden or state.edit)
    with st.popover("Intervening" if active else "Intervene", icon=":material/build:"):
        state = LAB.update(
            off=tuple(head for head in state.off if head < heads),
            hidden=tuple(token for token in state.hidden if token < len(sequence)),
        )
        st.multiselect(
            "Heads switched off",
            range(heads),
            format_func=lambda at: f"head {at + 1}",
            help="What they have gathered is set to 0.",
            **field_widget("off", heads),
        )
        st.multiselect(
            "Tokens masked",
            range(len(sequence)),
            format_func=lambda at: f"{at + 1} {sequence.tokens[at]}",
            help="Nobody may look at them, in any head.",
            **field_widget("hidden", sequence.tokens),
        )
        if st.toggle("Set one weight", **field_widget("edit", min(state.head, heads - 1))):
            _set_weight(sequence, heads)


def field_widget(name: str, options: object) -> dict[str, Any]:
    """The key and callback of a widget that shows a field of the address, among these options.

    A closed popover does not hear of new options or values: it would send its old ones with the next run. So
    where either changes, the widget is another one.
    """
    generation = st.session_state.get(GENERATION, 0)
    key = f"{LAB}.{name}.{generation}.{zlib.crc32(repr(options).encode())}"
    if key not in st.session_state:
        value = st.session_state[LAB.key(name)]
        st.session_state[key] = list(value) if isinstance(value, tuple) else value
    return {"key": key, "on_change": _follow, "args": (name, key, options)}


def _follow(name: str, key: str, options: object) -> None:
    value = st.session_state[key]
    state = LAB.update(**{name: tuple(value) if isinstance(value, list) else value})
    if name == "edit" and state.edit:
        # At first, it is the outlined cell's weight, if that has one, in the head that is looked at.
        LAB.update(edit_head=options)
        stage, query, key_token = st.session_state.get(OUTLINED, ("", 0, 0))
        if stage in ("products", "scaled", "masked", "pattern"):
            LAB.update(query=query, key=key_token)


def _set_weight(sequence: TokenSequence, heads: int) -> None:
    def numbered(at: int) -> str:
        return f"{at + 1} {sequence.tokens[at]}"

    state, last, tokens = LAB.read(), len(sequence) - 1, range(len(sequence))
    LAB.update(
        query=min(state.query, last), key=min(state.key, last), edit_head=min(state.edit_head, heads - 1)
    )
    st.selectbox(
        "In head", range(heads), format_func=lambda at: str(at + 1), **field_widget("edit_head", heads)
    )
    st.selectbox("Who looks", tokens, format_func=numbered, **field_widget("query", sequence.tokens))
    st.selectbox("At whom", tokens, format_func=numbered, **field_widget("key", sequence.tokens))
    st.slider(
        "Weight, in percent", 0, 100, help="The rest of the row is scaled.", **field_widget("weight", 100)
    )
