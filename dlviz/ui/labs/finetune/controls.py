"""Controls of the lab: in which ways it is trained."""

import streamlit as st

from dlviz.encoders import PACKAGED
from dlviz.finetuning.arms import RANKS
from dlviz.training.fine_tuning import TRAINED
from dlviz.ui.labs.finetune.state import LAB, TITLES, State

# Runs are compared, repeated and opened elsewhere by their config, which names no folder.
ENCODER = (
    f"The encoder is {PACKAGED}, which comes with the app: no other is trained here. One from a folder can "
    "be read in the BERT lab. In Python, `dlviz.finetuning` trains it too if it is built like BERT; over any "
    "other, only a new head learns."
)


def choose_ways(state: State) -> None:
    """Offer the ways to train, the rank of LoRA's matrices, and whether word vectors learn."""
    st.pills(
        "Ways to train",
        TRAINED,
        selection_mode="multi",
        format_func=TITLES.__getitem__,
        key=LAB.key("lanes"),
        wrap=True,
        help="The four frozen ways need no training: their heads are solved at once.",
    )
    if "low-rank" in state.lanes:
        st.select_slider(
            "Rank of LoRA’s matrices",
            RANKS,
            key=LAB.key("rank"),
            help="Beside each query’s and value’s weight, 384 × 384, learn two matrices, 384 × rank and "
            "rank × 384.",
        )
    if "all" in state.lanes:
        st.toggle(
            "All layers: word vectors learn too",
            key=LAB.key("words"),
            help="Half of the encoder’s numbers are its word vectors. Few sentences touch few of them.",
        )
    st.caption(ENCODER)
