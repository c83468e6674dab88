"""Import of a learner's weights: checked key by key, and kept as a run that the labs can open."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from dlviz.networks import NETWORKS
from dlviz.training.runs import service
from dlviz.training.runs.journal import DiskFull
from dlviz.training.runs.owner import hashed
from dlviz.ui.labs.training.state import LAB
from dlviz.ui.server import owner_cookie
from dlviz.ui.text_format.markdown import plain

if TYPE_CHECKING:
    from dlviz.training.exchange.imports import ImportedNetwork

FILE, CLASS, HEADS, WORDS = (f"{LAB}.weights", f"{LAB}.class_name", f"{LAB}.heads_of", f"{LAB}.words_of")
PROBLEM = f"{LAB}.brought"
MISSING = f"{LAB}.asked"  # from the file, so that the learner is asked: "network", or its "words" alone
LONGEST_NAME = 80
# Kind of examples that an imported network reads -> what can be done with it.
INVITATIONS = {
    "pictures": "Show it a picture, here or in the Time machine, and see what it says.",
    "sentences": "Write it a sentence on the left, and see what it says.",
    "text": "What it writes stands on the left.",
    "sequences": "Write it a sequence on the left, and see what it names.",
}


def show_import() -> None:
    """Offer a field for a file, folded away; what the file does not say of itself is asked beside it."""
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
            on_change=_take_file,
        )
        if file is not None and (missing := st.session_state.get(MISSING)):
            _ask(missing)
        if problem := st.session_state.get(PROBLEM):
            st.error(plain(problem), icon=":material/scale:")


def _ask(missing: str) -> None:
    if missing == "network":
        _ask_network()
    if missing == "words" or NETWORKS[st.session_state[CLASS]].reads == "words":
        st.text_area(
            "Its words, one a line, in the order of their indices",
            key=WORDS,
            help="Without them no sentence can be read to it. The first two, `<pad>` and `<unk>`, may be "
            "left out.",
        )
    st.button("Bring it in", key=f"{LAB}.bring", type="primary", on_click=_import_file)


def _ask_network() -> None:
    from dlviz.training.exchange import imports

    st.selectbox(
        "Its network",
        list(NETWORKS),
        key=CLASS,
        help="The file names none of these. Where the names and shapes of its weights tell, it is chosen.",
    )
    if "heads" in NETWORKS[st.session_state[CLASS]].sizes:
        st.number_input(
            "Heads of its attention",
            1,
            256,
            imports.HEADS,
            key=HEADS,
            help="They share their matrices, so no shape tells how many there are.",
        )


def _take_file() -> None:
    """Import a file that says what it is; else ask, with the network chosen that its weights fit, if any."""
    from dlviz.training.exchange import imports, uploaded

    for name in (PROBLEM, MISSING):
        st.session_state.pop(name, None)
    if (file := st.session_state[FILE]) is None:
        return
    try:
        content = uploaded.read(file.getvalue())
    except uploaded.BadUpload as problem:
        st.session_state[PROBLEM] = str(problem)
        return
    if network := NETWORKS.get(content.metadata.get("class", "")):
        _import_file()
        if network.reads == "words" and "facts" not in content.metadata:
            st.session_state[MISSING] = "words"
    elif fitting := imports.fitting(content):
        st.session_state[MISSING] = "network"
        st.session_state[CLASS] = fitting
    else:
        st.session_state[PROBLEM] = imports.describe_misfit(content)


def _import_file() -> None:
    """Keep the file as a run and open it, or remember what is wrong with it."""
    from dlviz.training.exchange import imports, uploaded

    session = st.session_state
    session.pop(PROBLEM, None)
    answers = imports.FileAnswers(
        str(session.get(CLASS, "")), session.get(HEADS, imports.HEADS), str(session.get(WORDS) or "")
    )
    try:
        network = imports.open_weights(uploaded.read(session[FILE].getvalue()), answers)
        run = keep_as_run(network, owner_cookie.token(), called(session[FILE].name))
        LAB.update(run=run, view="train", what="")
    except uploaded.BadUpload as problem:
        session[PROBLEM] = str(problem)
    except DiskFull:
        session[PROBLEM] = service.FULL


def called(file: str) -> str:
    """A run's name made of a file's, so that several can be told apart."""
    return " ".join("".join(letter for letter in file if letter.isprintable()).split())[:LONGEST_NAME]


def keep_as_run(network: ImportedNetwork, token: str, name: str = "") -> str:
    """Keep an imported network as a run that has nothing left to do; its id.

    Raises: DiskFull.
    """
    return service.shared().store.import_weights(
        network.state(), hashed(token), describe_network(network), name
    )


def describe_network(network: ImportedNetwork) -> str:
    """Say in Markdown where an imported network's sizes and names come from, and what was taken."""
    arguments = network.weights.arguments
    sizes = ", ".join(f"{name}={value}" for name, value in arguments.items())
    call = f"`{network.weights.class_name}({sizes})`"
    remark = f" {plain(network.remark)}" if network.remark else ""
    if network.itself:
        return f"The file itself says what it is: {call}.{remark}"
    heads = ", the heads from you" if "heads" in arguments else ""
    return f"{call}, its sizes read from the shapes of its weights{heads}; its classes are numbered.{remark}"
