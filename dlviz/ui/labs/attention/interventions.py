"""What the learner does to attention: heads switched off, tokens masked, one weight set."""

from __future__ import annotations

import zlib
from typing import Any

import streamlit as st

from dlviz.ui.labs.attention.forward import Changes
from dlviz.ui.labs.attention.inputs import Source
from dlviz.ui.labs.attention.state import GENERATION, LAB, OUTLINED, get, put
from dlviz.ui.text_format.markdown import plain


def changes(source: Source, heads: int) -> Changes:
    """What is to be done, as far as it can be; where something cannot, one sentence says why."""
    seq = len(source)
    off = tuple(head for head in get("off") if head < heads)
    hidden = tuple(token for token in get("hidden") if token < seq)
    wanted = Changes(get("causal"), get("scaled"), off, hidden)
    blind = [at for at, row in enumerate(wanted.visible(seq)) if not row.any()]
    if blind:
        who = source.called(blind[0])
        st.warning(plain(f"Nothing would be left for {who} to look at, so no token is masked."))
        wanted = Changes(wanted.causal, wanted.scaled, off)
    return _with_weight(source, heads, wanted)


def _with_weight(source: Source, heads: int, wanted: Changes) -> Changes:
    query, key, head = get("query"), get("key"), get("edit_head")
    if not get("edit") or max(query, key) >= len(source) or head >= heads:
        return wanted
    row = wanted.visible(len(source))[query]
    if not row[key]:
        called = f"{source.called(query)} may not look at {source.called(key)}"
        st.warning(plain(f"{called}: that weight is masked, and stays 0."))
        return wanted
    if row.sum() == 1:
        st.warning(plain(f"{source.called(query)} can look at one token alone: that weight stays 1."))
        return wanted
    weight = (head, query, key, get("weight") / 100)
    return Changes(wanted.causal, wanted.scaled, wanted.off, wanted.hidden, weight)


def controls(source: Source, heads: int, head: int) -> None:
    """Which heads, which tokens, which weight."""
    active = bool(get("off") or get("hidden") or get("edit"))
    with st.popover("Intervening" if active else "Intervene", icon=":material/build:"):
        put("off", [at for at in get("off") if at < heads])
        put("hidden", [at for at in get("hidden") if at < len(source)])
        st.multiselect(
            "Heads switched off",
            range(heads),
            format_func=lambda at: f"head {at + 1}",
            help="What they have gathered is set to 0.",
            **_field("off", heads),
        )
        st.multiselect(
            "Tokens masked",
            range(len(source)),
            format_func=lambda at: f"{at + 1} {source.tokens[at]}",
            help="Nobody may look at them, in any head.",
            **_field("hidden", source.tokens),
        )
        if st.toggle("Set one weight", **_field("edit", head)):
            _weight(source, heads)


def _field(name: str, options: object) -> dict[str, Any]:
    """The key and callback of a widget that shows a field of the address.

    A closed popover does not hear of new options or values: it would send its old ones with the next run. So
    where either changes, the widget is another one.
    """
    generation = st.session_state.get(GENERATION, 0)
    key = f"{LAB}.{name}.{generation}.{zlib.crc32(repr(options).encode())}"
    if key not in st.session_state:
        st.session_state[key] = get(name)
    return {"key": key, "on_change": _follow, "args": (name, key, options)}


def _follow(name: str, key: str, options: object) -> None:
    put(name, st.session_state[key])
    if name == "edit" and get("edit"):
        _begin(options)


def _begin(head: object) -> None:
    """The weight to be set is that of the outlined cell, if it is of one, in the head that is looked at."""
    put("edit_head", head)
    stage, query, key = st.session_state.get(OUTLINED, ("", 0, 0))
    if stage in ("products", "scaled", "masked", "pattern"):
        put("query", query)
        put("key", key)


def _weight(source: Source, heads: int) -> None:
    def called(at: int) -> str:
        return f"{at + 1} {source.tokens[at]}"

    tokens = range(len(source))
    for name, count in (("query", len(source)), ("key", len(source)), ("edit_head", heads)):
        put(name, min(get(name), count - 1))
    st.selectbox("In head", range(heads), format_func=lambda at: str(at + 1), **_field("edit_head", heads))
    st.selectbox("Who looks", tokens, format_func=called, **_field("query", source.tokens))
    st.selectbox("At whom", tokens, format_func=called, **_field("key", source.tokens))
    st.slider("Weight, in percent", 0, 100, help="The rest of the row is scaled.", **_field("weight", 100))
