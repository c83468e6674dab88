"""A fine-tuning put on the encoder: that of a run, which a link names, or one from a file."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256
from typing import TYPE_CHECKING

import streamlit as st

from dlviz.finetuning import NoFineTuning
from dlviz.training.runs.store import UnknownRun
from dlviz.ui.labs.bert.state import LAB, State
from dlviz.ui.runs.fine_tuned import read_delta
from dlviz.ui.server import model_cache
from dlviz.ui.session_cache import compute_once
from dlviz.ui.text_format.markdown import plain

if TYPE_CHECKING:
    from dlviz.encoders.loading import Encoder
    from dlviz.finetuning.delta import Delta

FILE, FROM_FILE, PROBLEM = (f"{LAB}.tuned.{name}" for name in ("file", "delta", "problem"))
GONE = "The run of this link is gone, and its fine-tuning with it."


def name_tuned(name: str, state: State) -> str:
    """Name of an encoder with the fine-tuning on it that is asked for; its own where none is."""
    mark = f"run {state.tuned[:6]}" if state.tuned else st.session_state.get(FROM_FILE, ("",))[0]
    return f"{name}, fine-tuned ({mark})" if mark else name


def is_asked_for(state: State) -> bool:
    """True if a fine-tuning is to be put on the encoder."""
    return bool(state.tuned) or FROM_FILE in st.session_state


def choose_file() -> None:
    """Offer to bring in a file of what a fine-tuning has changed."""
    st.file_uploader(
        "A fine-tuning of the encoder in use: the file “Only what has changed” of the lab Fine-tuning BERT",
        ["safetensors"],
        key=FILE,
        on_change=_take_file,
    )
    if problem := st.session_state.pop(PROBLEM, ""):
        st.error(plain(problem), icon=":material/tune:")


def _take_file() -> None:
    if (file := st.session_state[FILE]) is None:
        drop()
        return
    model_cache.import_encoders()
    from dlviz.finetuning.delta import Delta

    content = file.getvalue()
    try:
        found = Delta.from_bytes(content)
    except NoFineTuning as problem:
        st.session_state[PROBLEM] = str(problem)
        return
    drop()
    st.session_state[FROM_FILE] = f"file {sha256(content).hexdigest()[:6]}", found


def drop() -> None:
    """Take the fine-tuning off the encoder."""
    st.session_state.pop(FROM_FILE, None)
    LAB.update(tuned="")


def put_on(encoder: Encoder, state: State) -> Encoder:
    """Put the fine-tuning that is asked for on the encoder; a sentence where it cannot be, and it stays."""
    if not is_asked_for(state):
        return encoder
    asked = state.tuned or st.session_state[FROM_FILE]
    try:
        found = compute_once(f"{LAB}.fine_tuned", (encoder, asked), lambda: _merge(encoder, state))
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(plain(f"What answers here: {found.name}."))
            st.button(
                "Without the fine-tuning", icon=":material/undo:", key=f"{LAB}.tuned.drop", on_click=drop
            )
        return found
    except NoFineTuning as problem:
        said = str(problem)
    except UnknownRun:
        said = GONE
    drop()
    st.error(plain(f"{said} {encoder.name} answers as it was."), icon=":material/tune:")
    return encoder


def _merge(encoder: Encoder, state: State) -> Encoder:
    from dlviz.finetuning.folder import FOLDER
    from dlviz.finetuning.network import merge

    delta: Delta = read_delta(state.tuned) if state.tuned else st.session_state[FROM_FILE][1]
    # Where the script finds it: the folder that the lab Fine-tuning BERT gives away.
    return replace(merge(delta.apply(encoder), name_tuned(encoder.name, state)), folder=FOLDER)
