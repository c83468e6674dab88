"""Accuracy against the number of examples of each class."""

from __future__ import annotations

import streamlit as st

from dlviz.training.examples_curve import COUNTS, DRAWS, plan_curve
from dlviz.ui.labs.transfer.few_examples.captions import tell_ceiling
from dlviz.ui.labs.transfer.few_examples.pictures import chance_of
from dlviz.ui.labs.transfer.few_examples.state import WAY_TITLES
from dlviz.ui.labs.transfer.state import LAB, State
from dlviz.ui.runs import accuracy_curve
from dlviz.ui.runs.accuracy_curve import Design
from dlviz.ui.text_format.numbers import counted


def design_curve(transfer: str) -> Design:
    """Design the curve of a transfer."""
    return Design(
        plan_curve(transfer),
        WAY_TITLES,
        COUNTS,
        DRAWS,
        lambda count: f"{counted(count, 'example')} of each class",
        "examples of each class",
        "pictures",
        chance_of(transfer),
        "some minutes",
    )


def show_curve(state: State) -> None:
    """Ask for a prediction, offer to measure the curve, and draw what is measured."""
    st.subheader("Who wins with how many examples?", anchor=False)
    design = design_curve(state.transfer)
    accuracy_curve.show_curve(LAB, design, lambda points: tell_ceiling(design, points))
