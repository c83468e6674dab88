"""Weights that a learner brings in: checked key by key, and kept as a run that the labs can open."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from dlviz.networks import NETWORKS
from dlviz.training.runs import service
from dlviz.training.runs.journal import DiskFull
from dlviz.training.runs.owner import hashed
from dlviz.ui.labs.training.state import LAB, put
from dlviz.ui.server import owner_cookie

if TYPE_CHECKING:
    from dlviz.training.exchange.imports import Brought, Told

FILE, CLASS, HEADS, WORDS = (f"{LAB}.weights", f"{LAB}.class_name", f"{LAB}.heads_of", f"{LAB}.words_of")
PROBLEM = f"{LAB}.brought"
ASKED = f"{LAB}.asked"  # what the file does not say: its network, or its words alone
USUAL, TEXT = "SimpleCNN", "TextClassifier"
# What can be done with a network that was brought in, by what it reads.
ASK = {
    "pictures": "Show it a picture, here or in the Time machine, and see what it says.",
    "sentences": "Write it a sentence on the left, and see what it says.",
    "text": "What it writes stands on the left.",
}


def show() -> None:
    """A field for a file, folded away; what the file does not say of itself is asked beside it."""
    with st.expander("Bring in weights of your own", icon=":material/upload_file:"):
        st.markdown(
            "A file that you took away here, or a `state_dict` of one of the lesson’s networks, saved as "
            "safetensors or with `torch.save`. It is checked key by key, nothing in the file is ever run, "
            "and then it is kept like a run, for the labs to open."
        )
        file = st.file_uploader(
            "A file of at most 15 MB",
            ["safetensors", "pt", "pth"],
            key=FILE,
            max_upload_size=15,
            on_change=_taken,
        )
        if file is not None and (asked := st.session_state.get(ASKED)):
            _ask(asked)
        if problem := st.session_state.get(PROBLEM):
            st.error(problem, icon=":material/scale:")


def _ask(asked: str) -> None:
    if asked == "network":
        _ask_network()
    if asked == "words" or st.session_state[CLASS] == TEXT:
        st.text_area(
            "Its words, one a line, in the order of their indices",
            key=WORDS,
            help="Without them no sentence can be read to it. The first two, `<pad>` and `<unk>`, may be "
            "left out.",
        )
    st.button("Bring it in", key=f"{LAB}.bring", type="primary", on_click=_open)


def _ask_network() -> None:
    from dlviz.training.exchange.imports import HEADS as USUAL_HEADS

    st.selectbox(
        "Its network",
        list(NETWORKS),
        key=CLASS,
        help="The file does not say it. Where the names and shapes of its weights tell, it is chosen.",
    )
    if st.session_state[CLASS] == "DigitTransformer":
        st.number_input(
            "Heads of its attention",
            1,
            256,
            USUAL_HEADS,
            key=HEADS,
            help="They share their matrices, so no shape tells how many there are.",
        )


def _taken() -> None:
    """Open a file that says what it is; else ask, with the network chosen that its weights fit."""
    from dlviz.training.exchange import imports, uploaded

    for name in (PROBLEM, ASKED):
        st.session_state.pop(name, None)
    if (file := st.session_state[FILE]) is None:
        return
    try:
        content = uploaded.read(file.getvalue())
    except uploaded.BadUpload as problem:
        st.session_state[PROBLEM] = str(problem)
        return
    if itself := content.metadata.get("class"):
        _open()
        if itself == TEXT and "facts" not in content.metadata:
            st.session_state[ASKED] = "words"
    else:
        st.session_state[ASKED] = "network"
        st.session_state[CLASS] = imports.fitting(content) or USUAL


def _open() -> None:
    from dlviz.training.exchange import imports, uploaded

    st.session_state.pop(PROBLEM, None)
    try:
        content = uploaded.read(st.session_state[FILE].getvalue())
        put("run", kept(imports.open_weights(content, _told()), owner_cookie.token()))
        put("view", "train")
    except (uploaded.BadUpload, DiskFull) as problem:
        st.session_state[PROBLEM] = str(problem)


def _told() -> Told:
    from dlviz.training.exchange import imports

    state = st.session_state
    words = str(state.get(WORDS) or "")
    return imports.Told(str(state.get(CLASS, "")), state.get(HEADS, imports.HEADS), words)


def kept(given: Brought, token: str) -> str:
    """A run that holds these weights and has nothing left to do: its id. Raises: DiskFull."""
    return service.shared().store.import_weights(given.state(), hashed(token), _origin(given))


def _origin(given: Brought) -> str:
    """Where its sizes and names come from, in Markdown."""
    sizes = ", ".join(f"{name}={value}" for name, value in given.weights.arguments.items())
    network = f"`{given.weights.class_name}({sizes})`"
    if given.itself:
        return f"The file itself says what it is: {network}."
    heads = ", the heads from you" if "heads" in given.weights.arguments else ""
    return f"{network}, its sizes read from the shapes of its weights{heads}; its classes are numbered."
