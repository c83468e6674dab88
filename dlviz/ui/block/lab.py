"""The course of the lab: inside the block, the order of words, and a transformer that writes."""

import streamlit as st

from dlviz.ui import address, digit, lesson
from dlviz.ui.block import order, stream, write
from dlviz.ui.block.state import FIELDS, LAB, PARTS, get
from dlviz.weights import BadWeights


@st.fragment
def lab() -> None:
    """All of it; runs again with every change."""
    if address.restore(LAB, FIELDS):
        digit.forget(LAB)
    address.notice()
    stream.take()
    write.take()
    st.segmented_control(
        "Part of the lab",
        list(PARTS),
        format_func=PARTS.__getitem__,
        required=True,
        key=f"{LAB}.part",
        label_visibility="collapsed",
    )
    try:
        {"stream": stream.stream, "order": order.order, "write": write.write}[get("part")]()
    except BadWeights as problem:
        st.error(str(problem), icon=":material/scale:")
    lesson.words(LAB)
    address.publish(LAB, FIELDS)
