"""Fine-tunings of this browser, which the Fine-tuning lab trains and shows, to look at and delete."""

from __future__ import annotations

import streamlit as st

from dlviz.training.fine_tuning import FineTuningConfig
from dlviz.training.runs import service
from dlviz.training.runs.service import Status
from dlviz.training.runs.store import UnknownRun
from dlviz.ui.labs.training import captions
from dlviz.ui.labs.training.my_runs.actions import offer_deletion
from dlviz.ui.labs.training.state import LAB
from dlviz.ui.server import owner_cookie
from dlviz.ui.text_format.numbers import counted

KEY = f"{LAB}.mine.fine_tunings"
WAYS = {
    "scratch": "TextClassifier from scratch",
    "vectors": "TextClassifier on BERT’s word vectors",
    "last": "BERT’s last layer",
    "last-two": "BERT’s last two layers",
    "low-rank": "BERT with LoRA",
    "all": "all layers of BERT",
}


def show_fine_tunings() -> None:
    """List the fine-tunings, the newest first, and offer to delete those that are ticked."""
    statuses = service.shared().finetunings(owner_cookie.token())
    if not statuses:
        return
    with st.expander(f"{counted(len(statuses), 'fine-tuning')} of BERT", icon=":material/tune:"):
        st.page_link("finetune.py", label="Open the lab Fine-tuning BERT", icon=":material/tune:")
        ids = [status.run for status in statuses]
        rows = [
            {"Learned": name_fine_tuning(status), "State": captions.state_of(status)} for status in statuses
        ]
        # The key changes with the rows: a tick stays with its run, not with its place.
        event = st.dataframe(
            rows,
            hide_index=True,
            on_select="rerun",
            selection_mode="multi-row",
            key=f"{KEY}.{'.'.join(run[:6] for run in ids)}",
        )
        ticked = [ids[row] for row in event.selection.rows if row < len(ids)]
        offer_deletion("fine-tuning", ticked, KEY)


def name_fine_tuning(status: Status) -> str:
    """Name a fine-tuning by what learned, and from what; a damaged one by what it was called."""
    try:
        config = FineTuningConfig.from_json(service.shared().store.config(status.run))
    except (UnknownRun, ValueError):
        return status.name
    way = WAYS[config.lane]
    way += f" of rank {config.rank}" if config.lane == "low-rank" else ""
    way += " and word vectors" if config.lane == "all" and config.words else ""
    data = f"{config.count:,} reviews, draw {config.draw}" if config.count else "own sentences"
    return f"{way[0].upper()}{way[1:]} · {data}"
