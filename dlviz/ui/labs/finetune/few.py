"""Accuracy against the number of labelled sentences, of the frozen ways and of those that are chosen."""

from __future__ import annotations

import streamlit as st

from dlviz.training.fine_tuning import draw_reviews
from dlviz.training.runs import service
from dlviz.training.sentences_curve import COUNTS, DRAWS, plan_sentences_curve
from dlviz.ui.labs.finetune.controls import choose_ways
from dlviz.ui.labs.finetune.pictures import title_of
from dlviz.ui.labs.finetune.state import FROZEN, LAB, State
from dlviz.ui.runs import accuracy_curve
from dlviz.ui.runs.accuracy_curve import Design
from dlviz.ui.text_format.numbers import counted


def show(state: State) -> None:
    """Choose ways to learn, predict, and measure how right each gets with few sentences and with many."""
    if LAB.just_opened():
        service.shared().prepare()  # a worker gets ready while the learner reads
    left, right = st.columns([1, 2.9], gap="large")
    with left:
        choose_ways(state)
        st.caption(
            "Reviews, half of them positive; those of a smaller number are among those of a larger one. The "
            "frozen ways need no training. Those that train all layers take most of the time."
        )
    with right:
        accuracy_curve.show_curve(LAB, design_curve(state))


def design_curve(state: State) -> Design:
    """Design the curve of the frozen ways and of those that are chosen."""
    labels = [label for _, label in draw_reviews(COUNTS[0], 0).tested]
    return Design(
        plan_sentences_curve(state.lanes, state.rank, state.words),
        {lane: title_of(state, lane) for lane in (*FROZEN, *state.lanes)},
        COUNTS,
        DRAWS,
        lambda count: counted(count, "sentence"),
        "labelled sentences",
        "reviews",
        max(labels.count(label) for label in set(labels)) / len(labels),
        "about half an hour" if {"all", "low-rank"} & {*state.lanes} else "some minutes",
    )
