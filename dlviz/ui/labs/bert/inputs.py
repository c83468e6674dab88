"""What is read, and by which encoder: the learner's texts; a model from the hub or a folder on a click."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from dlviz.ui.labs.bert.fetching import fetched
from dlviz.ui.labs.bert.state import EXAMPLES, LAB, MODEL, OFFERED, PACKAGED, get, put
from dlviz.ui.server import model_cache
from dlviz.ui.text_format.markdown import plain

if TYPE_CHECKING:
    from dlviz.encoders.loading import Encoder

USED, TYPED, LAST = f"{LAB}.used", f"{LAB}.typed", f"{LAB}.last"
HOME = ("localhost", "127.0.0.1", "::1")


def arrived() -> None:
    """A model of the link that was followed stands in the field; it is not loaded."""
    st.session_state[TYPED] = get("model") if get("model") != PACKAGED else OFFERED[0]


def texts(pair: bool) -> tuple[str, str]:
    """The text and the one it is paired with, and the fields for them; of no text, the last that was one.

    Args:
        pair: whether a second text is asked for.
    """
    left, right = st.columns([3, 2]) if pair else (st, None)
    left.text_area(
        "Your text",
        key=f"{LAB}.text",
        height=80,
        help="One sentence or many, in English.",
        persist_state="page",
    )
    if right:
        right.text_area(
            "A second text",
            key=f"{LAB}.other",
            height=80,
            help="Optional: both are then read as a pair.",
            persist_state="page",
        )
    given = get("text"), get("other")
    if given[0].strip():
        st.session_state[LAST] = given
        return given
    st.info("There is no text to read: write a sentence.", icon=":material/notes:")
    return st.session_state.get(LAST, (next(iter(EXAMPLES)), ""))


def examples() -> None:
    """Texts to begin with, one click each."""
    with st.container(key="examples", horizontal=True, gap="small"):
        for text, other in EXAMPLES.items():
            label = f"{text} + {other}" if other else text
            st.button(label, key=f"{LAB}.example.{text}", type="tertiary", on_click=_take, args=(text, other))


def _take(text: str, other: str) -> None:
    put("text", text)
    put("other", other)
    put("pinned", -1)


def model() -> None:
    """A field and a button for another encoder, folded away."""
    with st.popover("Another model", icon=":material/swap_horiz:"):
        folder = ", or a folder on this computer" if at_home() else ""
        typed = st.text_input(
            f"Model id on the hub{folder}", key=TYPED, help="An encoder such as BERT, at most 1 GB."
        )
        with st.container(horizontal=True):
            for name in OFFERED:
                st.button(name, key=f"{LAB}.offer.{name}", on_click=_type, args=(name,), type="tertiary")
        with st.container(horizontal=True):
            wanted = st.button("Load", icon=":material/download:", type="primary", key=f"{LAB}.load")
            st.button(f"Back to {PACKAGED}", key=f"{LAB}.back", on_click=_back)
        if wanted:
            _load(typed.strip())


def _type(name: str) -> None:
    st.session_state[TYPED] = name


def _back() -> None:
    st.session_state[USED] = PACKAGED
    put("model", PACKAGED)


def at_home() -> bool:
    """Whether only this computer's own browser reaches the server, so that folders may be named."""
    return st.get_option("server.address") in HOME


def is_folder(typed: str) -> bool:
    """Whether that names a folder rather than a model id."""
    return typed.startswith(("/", "~", ".")) or "\\" in typed or typed[1:2] == ":"


def _load(typed: str) -> None:
    from dlviz.encoders import NoEncoder, hub

    bar = st.progress(0.0, "Loading …")
    try:
        if not is_folder(typed):
            fetched(lambda progress: hub.from_hub(typed, progress), bar, f"Loading {plain(typed)} …")
        elif at_home():
            hub.from_folder(typed)
        else:
            raise NoEncoder("Folders can be named only where the server runs for its own computer alone.")
        st.session_state[USED] = typed
        put("model", typed if MODEL.fullmatch(typed) and not is_folder(typed) else PACKAGED)
        st.success("Loaded.")
    except NoEncoder as problem:
        st.error(plain(f"{problem} {used()} goes on."), icon=":material/cloud_off:")
    finally:
        bar.empty()


def used() -> str:
    """The name of the encoder that answers."""
    return st.session_state.get(USED, PACKAGED)


def encoder() -> Encoder:
    """The encoder that answers; one sentence where the learner's or the link's is not it.

    Raises: NoEncoder if even the packaged one is missing.
    """
    from dlviz.encoders import hub
    from dlviz.encoders.loading import Encoder

    found = None if used() == PACKAGED else hub.kept(used(), Encoder)
    if found is None and used() != PACKAGED:
        st.info(
            plain(f"{used()} has made room in memory for other models: load it again."),
            icon=":material/memory:",
        )
        st.session_state[USED] = PACKAGED
    elif get("model") not in (PACKAGED, used()):
        linked = (
            f"The link was made with {get('model')}. “Another model” loads it; until then {used()} answers."
        )
        st.info(plain(linked), icon=":material/link:")
    return found or model_cache.bert()
