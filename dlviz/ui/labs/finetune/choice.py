"""Choice of a fine-tuned encoder, among those of this browser on the chosen sentences."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from dlviz.training.fine_tuning import SCRATCHES, TRAINED
from dlviz.ui.labs.finetune import lanes
from dlviz.ui.labs.finetune.inputs import Chosen, choose_sentences
from dlviz.ui.labs.finetune.lanes import Lane
from dlviz.ui.labs.finetune.pictures import title_of
from dlviz.ui.labs.finetune.state import LAB, State


def choose_tuned(state: State) -> tuple[Lane, Chosen] | None:
    """Offer the sentences and what was fine-tuned on them; None where there is nothing yet."""
    left, right = st.columns([3, 2], gap="large")
    with left:
        chosen = choose_sentences(state)
    if chosen is None:
        return None
    found = find_tuned(state, chosen)
    if not found:
        st.info(
            "There is no encoder fine-tuned on these sentences: train one under “Train”, then come back.",
            icon=":material/tune:",
        )
        return None
    key = LAB.key("tuned")
    if (wanted := st.session_state.get(key)) not in found:
        LAB.update(tuned=next(iter(found)))
    with right:
        if wanted not in found:
            st.caption(f"No run of “{title_of(state, state.tuned)}” is there: not trained, or deleted.")
        lane = st.segmented_control(
            "Fine-tuned", list(found), format_func=lambda lane: title_of(state, lane), required=True, key=key
        )
    return found[str(lane)], chosen


def find_tuned(state: State, chosen: Chosen) -> dict[str, Lane]:
    """Find the encoders that were fine-tuned on these sentences, and have come to their end."""
    encoders = tuple(lane for lane in TRAINED if lane not in SCRATCHES)
    found = lanes.look_at(lanes.find_lanes(replace(state, lanes=encoders), chosen))
    return {name: lane for name, lane in found.items() if lane.right is not None}
