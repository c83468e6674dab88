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
OPEN = f"{LAB}.interventions"  # whether their controls are shown
OUTLINED = f"{LAB}.outlined"  # the cell that the steps show


def renew_widgets() -> None:
    """Make the widgets anew: their fields have been changed by other things than the learner's hand."""
    st.session_state[GENERATION] = st.session_state.get(GENERATION, 0) + 1


def show_controls(shown: bool) -> None:
    """Show the controls of interventions, or not: whoever opens a link sees what was changed in it."""
    st.session_state[OPEN] = shown


def choose_setting() -> None:
    """Mask and scale, and the way to the interventions and back."""
    state = LAB.read()
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
        icon = "expand_less" if st.session_state[OPEN] else "build"
        st.button("Intervene", icon=f":material/{icon}:", on_click=_open_or_close)
        if state.intervened:
            st.button("Undo all", icon=":material/undo:", on_click=undo_all)


def _open_or_close() -> None:
    show_controls(not st.session_state[OPEN])


def undo_all() -> None:
    """Take every intervention back."""
    LAB.update(off=(), hidden=(), edit=False)
    renew_widgets()


def choose_changes(network: AttentionNetwork, sequence: TokenSequence) -> Changes:
    """Mask, scale and interventions, and the controls of these; a sentence says why one is impossible."""
    heads = network.attention.heads
    state = LAB.read()
    LAB.update(
        off=tuple(head for head in state.off if head < heads),
        hidden=tuple(token for token in state.hidden if token < len(sequence)),
    )
    if st.session_state[OPEN]:
        with st.container(horizontal=True, vertical_alignment="bottom", gap="xsmall"):
            _intervene(sequence, heads)
    changes, refusals = possible_changes(sequence, heads, LAB.read())
    for refusal in refusals:
        st.warning(plain(refusal))
    return changes


def _intervene(sequence: TokenSequence, heads: int) -> None:
    room = 210 if LAB.read().edit else 330  # the controls of a weight need some
    st.multiselect(
        "Heads switched off",
        range(heads),
        format_func=lambda at: f"head {at + 1}",
        help="What they have gathered is set to 0.",
        placeholder="None",
        width=room,
        **field_widget("off", heads),
    )
    st.multiselect(
        "Tokens masked",
        range(len(sequence)),
        format_func=lambda at: f"{at + 1} {sequence.tokens[at]}",
        help="Nobody may look at them, in any head.",
        placeholder="None",
        width=room,
        **field_widget("hidden", sequence.tokens),
    )
    if st.toggle("Set one weight", **field_widget("edit", min(LAB.read().head, heads - 1))):
        _set_weight(sequence, heads)


def field_widget(name: str, options: object) -> dict[str, Any]:
    """The key and callback of a widget that shows a field of the address, among these options.

    Where options or values change otherwise than by the learner's hand, the widget is another one: it would
    keep its old value.
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

    def numbered_head(at: int) -> str:
        return str(at + 1)

    state, last, tokens = LAB.read(), len(sequence) - 1, range(len(sequence))
    LAB.update(
        query=min(state.query, last), key=min(state.key, last), edit_head=min(state.edit_head, heads - 1)
    )
    names = sequence.tokens
    st.selectbox(
        "In head", range(heads), format_func=numbered_head, width=80, **field_widget("edit_head", heads)
    )
    st.selectbox("Who looks", tokens, format_func=numbered, width=130, **field_widget("query", names))
    st.selectbox("At whom", tokens, format_func=numbered, width=130, **field_widget("key", names))
    st.slider(
        "Weight, in percent",
        0,
        100,
        help="The rest of the row is scaled.",
        width=150,
        **field_widget("weight", 100),
    )
