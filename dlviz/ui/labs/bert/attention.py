"""View of the BERT lab: all heads small, one large, and what each token looks at."""

import streamlit as st

from dlviz.ui.components import events
from dlviz.ui.components.heads import Picture, heads
from dlviz.ui.labs.bert import captions
from dlviz.ui.labs.bert.forward import ForwardPass, large_pattern, measure_heads, shown_patterns
from dlviz.ui.labs.bert.state import DRAWN, HEADS, LAB, LAYERS, PAIRS, WHAT, State

NOTE = "Rows are layers. Small heads are in 256 steps of their own largest weight; the large one is exact."
PICTURE, SHOWN = f"{LAB}.heads", f"{LAB}.places"


def take_clicks() -> None:
    """Put what the learner has chosen in the picture since the last run into the lab's state."""
    match events.numbers(PICTURE, "head", 2):
        case [layer, head] if 0 <= layer < LAYERS and 0 <= head < HEADS:
            LAB.update(layer=layer, head=head, what="head")
    places = st.session_state.get(SHOWN, ())
    match events.numbers(PICTURE, "pin", 1):
        case [at] if -1 <= at < len(places):
            LAB.update(pinned=-1 if at < 0 else places[at])


def show_attention(passed: ForwardPass, state: State) -> None:
    """Draw the controls and the picture."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        _choose("Shown large", "what", WHAT)
        _choose("Drawn as", "drawn", DRAWN)
        if passed.is_pair:
            _choose("Pairs of tokens", "pairs", PAIRS)
        st.toggle("Hide [CLS] and [SEP]", key=LAB.key("plain"), persist_state="page")
        _switch_heads(passed)
    st.session_state[SHOWN] = passed.shown
    if note := captions.switched_off(passed):
        st.info(note, icon=":material/edit:")
    heads(PICTURE, picture(passed, state))


def _choose(label: str, field: str, options: dict[str, str]) -> None:
    st.segmented_control(
        label,
        list(options),
        format_func=options.__getitem__,
        required=True,
        key=LAB.key(field),
        persist_state="page",
    )


def _switch_heads(passed: ForwardPass) -> None:
    layer, head = passed.selected
    on = (layer, head) not in passed.off
    st.button(
        f"Switch {'off' if on else 'on'} head {layer + 1}.{head + 1}",
        icon=":material/toggle_off:" if on else ":material/toggle_on:",
        key=f"{LAB}.switch",
        on_click=_switch,
        args=((layer, head),),
        disabled=not passed.encoder.editable,
        help="What it has gathered becomes 0; every later layer is computed again.",
    )
    if passed.off:
        st.button("All on", key=f"{LAB}.all", on_click=_switch_all_on)


def _switch(head: tuple[int, int]) -> None:
    LAB.update(off=tuple(sorted({*LAB.read().off} ^ {head})))


def _switch_all_on() -> None:
    LAB.update(off=())


def picture(passed: ForwardPass, state: State) -> Picture:
    """All heads and the large pattern, with what is measured of them."""
    measured, pattern = measure_heads(passed), large_pattern(passed, state)
    tokens, encoder, places = passed.tokens, passed.encoder, passed.shown
    title, one = captions.title(passed, state), state.what == "head"
    note = " ".join(filter(None, [NOTE, captions.hidden_share(passed, state)]))
    return Picture(
        tokens=[tokens.words[at] for at in places],
        ids=[tokens.ids[at] for at in places],
        segments=[tokens.segments[at] for at in places],
        large=pattern,
        title=f"{title}: {captions.head(measured, *passed.selected)}" if one else title,
        alt=captions.text_alternative(passed, state, pattern),
        small=shown_patterns(passed, state),
        rows=[f"layer {number + 1}" for number in range(encoder.layers)],
        columns=[f"head {number + 1}" for number in range(encoder.heads)],
        captions=[
            captions.head(measured, layer, head)
            for layer in range(encoder.layers)
            for head in range(encoder.heads)
        ],
        heading=f"All {encoder.layers} layers × {encoder.heads} heads: click one",
        note="\n\n".join([note, captions.counted_kinds(measured), captions.shapes(encoder, tokens)]),
        shown=passed.selected if one else None,
        pinned=places.index(state.pinned) if state.pinned in places else -1,
        view=state.drawn,
        off=passed.off,
    )
