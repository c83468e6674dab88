"""Controls of the Transformer block lab: its part, the random blocks, positions and dropout."""

import streamlit as st

from dlviz.ui.inputs import digit
from dlviz.ui.labs.block.state import DEEPEST, HEADS, LAB, LEARNED, PARTS, SHARES, TABLES, WIDTHS, State
from dlviz.ui.view_choice import choose_view


def open_run(state: State) -> State:
    """The state where the lab has just been opened: a link to a run shows the stream of a digit."""
    if not LAB.just_opened():
        return state
    digit.forget(LAB)
    return LAB.update(part="stream", network="digit") if state.weights == "run" else state


def choose_part() -> str:
    """The part of the lab."""
    choose_view(LAB, PARTS, "part", "Part of the lab")
    return LAB.read().part


def choose_blocks() -> None:
    """Number and sizes of blocks that nobody has trained."""
    st.slider("Blocks", 1, DEEPEST, key=LAB.key("depth"), persist_state="page")
    with st.popover("Change the blocks", icon=":material/tune:", width="stretch"):
        state = LAB.read()
        st.selectbox("Heads", HEADS, key=LAB.key("heads"), persist_state="page")
        if state.table in LEARNED:
            help_text = "A learned table has its own width."
            st.selectbox("Embed size", [state.embed_size], disabled=True, help=help_text)
        else:
            key = LAB.key("width")
            st.selectbox("Embed size", WIDTHS, key=key, persist_state="page", help="Numbers a token.")
        if state.part == "stream":  # the part about the order has them in sight
            st.selectbox(
                "Positions added to the words",
                list(TABLES),
                format_func=TABLES.__getitem__,
                key=LAB.key("table"),
                persist_state="page",
            )
        st.number_input("Seed of words and weights", 0, 9999, key=LAB.key("seed"), persist_state="page")


def choose_table() -> None:
    """The positions that are added to the words, all in sight."""
    st.segmented_control(
        "Positions added to the words",
        list(TABLES),
        format_func=TABLES.__getitem__,
        required=True,
        key=LAB.key("table"),
        persist_state="page",
        wrap=True,
    )


def choose_dropout() -> None:
    """The share of values that dropout silences, and its seed."""
    share = st.selectbox(
        "Dropout",
        list(SHARES),
        format_func=SHARES.__getitem__,
        key=LAB.key("dropout"),
        persist_state="page",
        help="At work only in training: it silences values at random.",
    )
    if share != "0":
        st.number_input("Seed of the silenced", 0, 9999, key=LAB.key("dropout_seed"), persist_state="page")
