"""View of the BERT lab: all heads small, one large, and what each token looks at."""

import streamlit as st

from dlviz.ui.components import events
from dlviz.ui.components.heads import Picture, heads
from dlviz.ui.labs.bert import captions
from dlviz.ui.labs.bert.forward import (
    ForwardPass,
    compared,
    large_pattern,
    measure_heads,
    shown_patterns,
)
from dlviz.ui.labs.bert.state import (
    COMPARED,
    DRAWN,
    HEADS,
    LAB,
    LAYERS,
    PACKAGED,
    PAIRS,
    SCALES,
    WHAT,
    State,
)
from dlviz.ui.verdict import show_sentence

# How the small heads are coloured, by the state's scale; the large one is exact.
NOTES = {
    "common": "Rows are layers. White is 0, the darkest blue is 1, in all heads alike.",
    "own": "Rows are layers. The darkest blue is each head’s own largest weight: do not compare colours.",
}
PICTURE, SHOWN = f"{LAB}.heads", f"{LAB}.places"

MOVED = "The number in each head: per cent of its attention that has moved to other tokens."


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
        _choose("Darkest colour", "scale", SCALES)
        hide = "Hide [CLS] and [SEP]" if passed.encoder.name == PACKAGED else "Hide special tokens"
        st.toggle(hide, key=LAB.key("plain"), persist_state="page")
        _switch_heads(passed)
    st.session_state[SHOWN] = passed.shown
    if passed.off:
        told = captions.switched_off(passed), captions.moved_most(passed), captions.answers(passed)
        show_sentence(f"{LAB}.off", st.info, " ".join(filter(None, told)), icon=":material/edit:")
        _choose("With these heads off, the large picture shows", "compared", COMPARED)
        state = LAB.read()
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
    now, difference = (compared(passed, state) == name for name in ("after", "difference"))
    notes = [NOTES[state.scale], captions.hidden_share(passed, state), MOVED if passed.off else ""]
    paragraphs = [
        " ".join(filter(None, notes)),
        captions.counted_kinds(measured, tokens),
        captions.sink(passed),
        captions.shapes(encoder, tokens),
    ]
    return Picture(
        tokens=[tokens.words[at] for at in places],
        ids=[tokens.ids[at] for at in places],
        segments=[tokens.segments[at] for at in places],
        large=pattern,
        title=f"{title}: {captions.head(measured, tokens, *passed.selected)}" if one and now else title,
        alt=captions.text_alternative(passed, state, pattern),
        small=shown_patterns(passed, state),
        rows=[f"layer {number + 1}" for number in range(encoder.layers)],
        columns=[f"head {number + 1}" for number in range(encoder.heads)],
        captions=[
            captions.head(measured, tokens, layer, head)
            for layer in range(encoder.layers)
            for head in range(encoder.heads)
        ],
        heading=f"All {encoder.layers} layers × {encoder.heads} heads: click one",
        note="\n\n".join(filter(None, paragraphs)),
        shown=passed.selected if one else None,
        pinned=places.index(state.pinned) if state.pinned in places else -1,
        view=state.drawn,
        scale="diverging" if difference else "sequential",
        limit=1.0 if state.scale == "common" and not difference else None,
        small_limit=1.0 if state.scale == "common" else None,
        off=passed.off,
        moved=passed.moved.ravel().tolist() if passed.off else (),
    )
