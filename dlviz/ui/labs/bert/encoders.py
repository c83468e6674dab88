"""Encoder of the BERT lab: the packaged one, or on a click a model from the hub or a folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from dlviz.encoders import NoEncoder
from dlviz.ui.fetching import fetch
from dlviz.ui.labs.bert import tuned
from dlviz.ui.labs.bert.state import LAB, MODEL, OFFERED, PACKAGED, State
from dlviz.ui.pressed import pressed
from dlviz.ui.server import model_cache
from dlviz.ui.text_format.markdown import plain

if TYPE_CHECKING:
    from dlviz.encoders.loading import Encoder

IN_USE, TYPED = f"{LAB}.used", f"{LAB}.typed"
QUOTES = "\"'“”„‘’«»"  # a file manager copies a path with them
HOME = ("localhost", "127.0.0.1", "::1")


def type_model_of_link(state: State) -> None:
    """Put the model of a link that was followed into the field; it is not loaded."""
    st.session_state[TYPED] = state.model if state.model != PACKAGED else OFFERED[0]


def choose_encoder() -> None:
    """Draw a field and a button for another encoder, folded away."""
    with st.popover("Another model", icon=":material/swap_horiz:", key=f"{LAB}.another"):
        folder = ", or a folder on this computer" if at_home() else ""
        typed = st.text_input(
            f"Model id on the hub{folder}", key=TYPED, help="An encoder such as BERT, at most 1 GB."
        )
        with st.container(horizontal=True):
            for name in OFFERED:
                st.button(name, key=f"{LAB}.offer.{name}", on_click=_type, args=(name,), type="tertiary")
        with st.container(horizontal=True):
            wanted = pressed("Load", icon=":material/download:", type="primary", key=f"{LAB}.load")
            st.button(f"Back to {PACKAGED}", key=f"{LAB}.back", on_click=_use, args=(PACKAGED, PACKAGED))
        if wanted:
            _load(typed.strip().strip(QUOTES).strip())
        tuned.choose_file()


def _type(name: str) -> None:
    st.session_state[TYPED] = name


def _use(name: str, in_links: str) -> None:
    """Let an encoder answer; links name it, unless it lies in a folder."""
    st.session_state[IN_USE] = name
    tuned.drop()
    LAB.update(model=in_links)


def at_home() -> bool:
    """True if only this computer's own browser reaches the server, so that folders may be named."""
    return st.get_option("server.address") in HOME


def is_folder(typed: str) -> bool:
    """True if that names a folder rather than a model id."""
    return typed.startswith(("/", "~", ".")) or "\\" in typed or typed[1:2] == ":"


def _load(typed: str) -> None:
    from dlviz.encoders import hub

    bar = st.progress(0.0, "Loading …")
    try:
        if not is_folder(typed):
            fetch(lambda progress: hub.from_hub(typed, progress), bar, f"Loading {plain(typed)} …")
        elif at_home():
            hub.from_folder(typed)
        else:
            raise NoEncoder("Folders can be named only where the server runs for its own computer alone.")
        _use(typed, typed if MODEL.fullmatch(typed) and not is_folder(typed) else PACKAGED)
        st.success("Loaded.")
    except NoEncoder as problem:
        st.error(plain(f"{problem} {name_in_use()} goes on."), icon=":material/cloud_off:")
    finally:
        bar.empty()


def name_in_use() -> str:
    """Name of the encoder that answers."""
    return st.session_state.get(IN_USE, PACKAGED)


def load_encoder(state: State) -> Encoder:
    """The encoder that answers, a fine-tuning on it or not; a sentence where what is asked for is not it.

    Raises: NoEncoder if even the packaged one is missing.
    """
    model_cache.import_encoders()
    from dlviz.encoders import hub
    from dlviz.encoders.loading import Encoder

    name = name_in_use()
    found = None if name == PACKAGED else hub.kept(name, Encoder)
    if found is None and name != PACKAGED:
        st.info(
            plain(f"{name} has made room in memory for other models: load it again."),
            icon=":material/memory:",
        )
        st.session_state[IN_USE] = PACKAGED
    elif state.model not in (PACKAGED, name):
        linked = f"The link was made with {state.model}. “Another model” loads it; until then {name} answers."
        st.info(plain(linked), icon=":material/link:")
    return tuned.put_on(found or model_cache.bert(), state)
