"""The course of the lab: one of its views, and what every lab has around its picture."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from dlviz.training.runs import service
from dlviz.ui import address, digit, lesson
from dlviz.ui.training import chosen, compare, machine, mine, train
from dlviz.ui.training.state import FIELDS, LAB, VIEWS, get

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
    chosen.fit()
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
