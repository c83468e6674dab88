"""What the learner does to attention: heads switched off, tokens masked, one weight set."""

from __future__ import annotations

import streamlit as st

from dlviz.ui.attention.run import Changes, Run
from dlviz.ui.attention.source import Source
from dlviz.ui.attention.state import LAB, get, put


def changes(source: Source, heads: int) -> Changes:
    """What is to be done, as far as it can be; where something cannot, one sentence says why."""
    seq = len(source)
    off = tuple(head for head in get("off") if head < heads)
    hidden = tuple(token for token in get("hidden") if token < seq)
    wanted = Changes(get("causal"), get("scaled"), off, hidden)
    blind = [at for at, row in enumerate(wanted.visible(seq)) if not row.any()]
    if blind:
        who = source.called(blind[0])
        st.warning(f"Nothing would be left for {who} to look at, so no token is masked.")
        wanted = Changes(wanted.causal, wanted.scaled, off)
    return _with_weight(source, heads, wanted)


def _with_weight(source: Source, heads: int, wanted: Changes) -> Changes:
    query, key, head = get("query"), get("key"), get("edit_head")
    if not get("edit") or max(query, key) >= len(source) or head >= heads:
        return wanted
    row = wanted.visible(len(source))[query]
    if not row[key]:
        called = f"{source.called(query)} may not look at {source.called(key)}"
        st.warning(f"{called}: that weight is masked, and stays 0.")
        return wanted
    if row.sum() == 1:
        st.warning(f"{source.called(query)} can look at one token alone: that weight stays 1.")
        return wanted
    weight = (head, query, key, get("weight") / 100)
    return Changes(wanted.causal, wanted.scaled, wanted.off, wanted.hidden, weight)


def controls(source: Source, heads: int, head: int) -> None:
    """Which heads, which tokens, which weight."""
    active = bool(get("off") or get("hidden") or get("edit"))
    with st.popover("Intervene" if not active else "Intervening", icon=":material/build:"):
        put("off", [at for at in get("off") if at < heads])
        st.multiselect(
            "Heads switched off",
            range(heads),
            format_func=lambda at: f"head {at + 1}",
            key=f"{LAB}.off",
            persist_state="page",
            help="What they have gathered is set to 0.",
        )
        tokens = range(len(source))
        put("hidden", [at for at in get("hidden") if at < len(source)])
        st.multiselect(
            "Tokens masked",
            tokens,
            format_func=lambda at: f"{at + 1} {source.tokens[at]}",
            key=f"{LAB}.hidden",
            persist_state="page",
            help="Nobody may look at them, in any head.",
        )
        st.toggle("Set one weight", key=f"{LAB}.edit", persist_state="page", on_change=_begin, args=(head,))
        if get("edit"):
            _weight(source, heads)


def _begin(head: int) -> None:
    """The weight to be set is that of the chosen cell, if there is one, in the head that is looked at."""
    put("edit_head", head)
    stage, *place = get("cell").split(".") if get("cell") else ("",)
    if stage in ("products", "scaled", "masked", "pattern"):
        put("query", int(place[0]))
        put("key", int(place[1]))


def _weight(source: Source, heads: int) -> None:
    def called(at: int) -> str:
        return f"{at + 1} {source.tokens[at]}"

    last = len(source) - 1
    for name, most in (("query", last), ("key", last), ("edit_head", heads - 1)):
        put(name, min(get(name), most))
    st.selectbox("In head", range(heads), format_func=lambda at: str(at + 1), key=f"{LAB}.edit_head")
    st.selectbox("Who looks", range(last + 1), format_func=called, key=f"{LAB}.query")
    st.selectbox("At whom", range(last + 1), format_func=called, key=f"{LAB}.key")
    st.slider("Weight, in percent", 0, 100, key=f"{LAB}.weight", help="The rest of the row is scaled to fit.")


def told(run: Run) -> None:
    """The computed sentence on what the intervention has changed."""
    from dlviz.ui.attention.told import changed

    if run.changes.intervened:
        st.markdown(f"**Intervened.** {changed(run)}")
