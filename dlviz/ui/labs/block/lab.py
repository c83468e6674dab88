"""The course of the lab: inside the block, the order of words, and a transformer that writes."""

from collections.abc import Callable

import streamlit as st

from dlviz.ui import lesson
from dlviz.ui.components import address
from dlviz.ui.inputs import digit
from dlviz.ui.labs.block import order, stream, write
from dlviz.ui.labs.block.state import FIELDS, LAB, PARTS, get, put
from dlviz.weights import BadWeights


@st.fragment
def lab() -> None:
    """All of it; runs again with every change."""
    if address.restore(LAB, FIELDS):
        digit.forget(LAB)
        if get("weights") == "run":
            put("part", "stream")
            put("network", "digit")
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
        {"stream": _stream, "order": _order, "write": _write}[get("part")]()
    except BadWeights as problem:
        st.error(str(problem), icon=":material/scale:")
    lesson.words(LAB)
    address.publish(LAB, FIELDS)


def _stream() -> None:
    from dlviz.ui.labs.block import questions

    if (run := stream.stream()) is not None:
        _around(lambda: questions.of_stream(run), lambda: questions.stream_script(run))


def _order() -> None:
    from dlviz.ui.labs.block import questions

    orders = order.order()
    _around(lambda: questions.of_order(orders), lambda: questions.order_script(orders))


def _write() -> None:
    from dlviz.ui.labs.block import questions

    setting, made = write.write()
    _around(lambda: questions.of_writing(made), lambda: questions.write_script(setting))


def _around(ask: Callable[[], list[lesson.Question]], script: Callable[[], str]) -> None:
    from dlviz.ui.labs.block import questions

    lesson.predict(LAB, ask)
    lesson.code(LAB, questions.SOURCES[get("part")], script, f"dlviz_block_{get('part')}.py")
