"""All heads small, one large: what each token looks at."""

from __future__ import annotations

import streamlit as st

from dlviz.ui.components import events
from dlviz.ui.components.heads import Picture, heads
from dlviz.ui.labs.bert import captions
from dlviz.ui.labs.bert.forward import Run, large, patterns
from dlviz.ui.labs.bert.state import DRAWN, HEADS, LAB, LAYERS, PAIRS, WHAT, get, put

NOTE = "Rows are layers. Small heads are in 256 steps of their own largest weight; the large one is exact."
KEY, SHOWN = f"{LAB}.heads", f"{LAB}.places"


def take() -> None:
    """Put what the learner has chosen in the picture since the last run into the lab's state."""
    match events.numbers(KEY, "head", 2):
        case [layer, head] if 0 <= layer < LAYERS and 0 <= head < HEADS:
            put("layer", layer)
            put("head", head)
            put("what", "head")
    places = st.session_state.get(SHOWN, [])
    match events.numbers(KEY, "pin", 1):
        case [at] if -1 <= at < len(places):
            put("pinned", -1 if at < 0 else places[at])


def attention(current: Run) -> None:
    """The controls and the picture."""
    _controls(current)
    st.session_state[SHOWN] = current.shown
    if note := captions.edited(current):
        st.info(note, icon=":material/edit:")
    heads(KEY, picture(current, captions.Measured(current)))


def _controls(current: Run) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        _choice("Shown large", "what", WHAT)
        _choice("Drawn as", "drawn", DRAWN)
        if current.is_pair:
            _choice("Pairs of tokens", "pairs", PAIRS)
        st.toggle("Hide [CLS] and [SEP]", key=f"{LAB}.plain", persist_state="page")
        _switches(current)


def _choice(label: str, name: str, options: dict[str, str]) -> None:
    st.segmented_control(
        label,
        list(options),
        format_func=options.__getitem__,
        required=True,
        key=f"{LAB}.{name}",
        persist_state="page",
    )


def _switches(current: Run) -> None:
    layer, head = current.chosen
    on = (layer, head) not in current.off
    st.button(
        f"Switch {'off' if on else 'on'} head {layer + 1}.{head + 1}",
        icon=":material/toggle_off:" if on else ":material/toggle_on:",
        key=f"{LAB}.switch",
        on_click=_switch,
        args=((layer, head),),
        disabled=not current.encoder.editable,
        help="What it has gathered becomes 0; every later layer is computed again.",
    )
    if current.off:
        st.button("All on", key=f"{LAB}.all", on_click=put, args=("off", ()))


def _switch(head: tuple[int, int]) -> None:
    put("off", tuple(sorted({*get("off")} ^ {head})))


def picture(current: Run, measured: captions.Measured) -> Picture:
    """What the browser draws."""
    small = patterns(current)
    pattern = large(current, small)
    tokens, encoder, places = current.tokens, current.encoder, current.shown
    layer, head = current.chosen
    one = get("what") == "head"
    return Picture(
        tokens=[tokens.words[at] for at in places],
        ids=[tokens.ids[at] for at in places],
        segments=[tokens.segments[at] for at in places],
        large=pattern,
        title=captions.title(current) + (f": {measured.of(layer, head)}" if one else ""),
        alt=captions.alternative(current, pattern),
        small=small,
        rows=[f"layer {number + 1}" for number in range(encoder.layers)],
        columns=[f"head {number + 1}" for number in range(encoder.heads)],
        captions=measured.captions(),
        heading=f"All {encoder.layers} layers × {encoder.heads} heads: click one",
        note="\n\n".join(
            [NOTE + captions.filtered(current), captions.counted(measured), captions.size(encoder, tokens)]
        ),
        shown=(layer, head) if one else None,
        pinned=places.index(get("pinned")) if get("pinned") in places else -1,
        view=get("drawn"),
        off=current.off,
    )
