"""What stands below the wall: one panel of detail, the questions, and the code."""

from collections.abc import Callable

import streamlit as st

from dlviz.ui import lesson
from dlviz.ui.components.unit import unit_view
from dlviz.ui.labs.cnn import dropout, interventions, kernels, questions, why
from dlviz.ui.labs.cnn.forward import Run, chosen
from dlviz.ui.labs.cnn.state import LAB, NETWORKS, PANELS, get


def _unit(run: Run) -> None:
    """The multiplication behind the selected unit."""
    unit_view(f"{LAB}.unit", run.model, run.record, run.pixels, get("select"), run.network.classes)


SHOW: dict[str, Callable[[Run], None]] = {
    "unit": _unit,
    "why": why.show,
    "kernels": kernels.show,
    "off": interventions.show,
    "dropout": dropout.show,
}


def detail(run: Run) -> None:
    """The chosen panel."""
    with st.container(horizontal=True, vertical_alignment="center"):
        _choice("Look closer", "panel", PANELS)
        if len(chosen()) == 2:
            st.markdown("in", width="content")
            _choice("Which network", "of", {name: NETWORKS[name] for name in chosen()})
    with st.container(border=True):
        SHOW[get("panel")](run)


def _choice(label: str, field: str, options: dict[str, str]) -> None:
    st.segmented_control(
        label,
        list(options),
        format_func=options.__getitem__,
        required=True,
        key=f"{LAB}.{field}",
        label_visibility="collapsed",
    )


def around(run: Run) -> None:
    """The questions, the code behind the picture and the words."""
    lesson.predict(LAB, lambda: questions.ask(run))
    lesson.code(LAB, questions.sources(run), lambda: questions.script(run), "digit_by_hand.py")
    lesson.words(LAB)
