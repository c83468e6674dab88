"""The course of the lab: one of its views, and what every lab has around its picture."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from dlviz.training.runs import service
from dlviz.ui import lesson
from dlviz.ui.components import address
from dlviz.ui.inputs import digit
from dlviz.ui.labs.training.compare import view as compare
from dlviz.ui.labs.training.my_runs import view as mine
from dlviz.ui.labs.training.state import FIELDS, LAB, VIEWS, get
from dlviz.ui.labs.training.time_machine import view as machine
from dlviz.ui.labs.training.train import config_from_controls
from dlviz.ui.labs.training.train import view as train

SHOW: dict[str, Callable[[], None]] = {
    "train": train.show,
    "machine": machine.show,
    "compare": compare.show,
    "mine": mine.show,
}


def lab() -> None:
    """All of it."""
    if address.restore(LAB, FIELDS):
        digit.forget(LAB)
        service.shared().prepare()
    config_from_controls.fit()
    address.notice()
    st.segmented_control(
        "View",
        list(VIEWS),
        format_func=VIEWS.__getitem__,
        required=True,
        key=f"{LAB}.view",
        label_visibility="collapsed",
    )
    SHOW[get("view")]()
    lesson.words(LAB)
    address.publish(LAB, FIELDS)
