"""The view itself, from top to bottom."""

from __future__ import annotations

import streamlit as st

from dlviz.training.runs import service
from dlviz.ui import lesson
from dlviz.ui.labs.landscape.run_plane import captions
from dlviz.ui.labs.landscape.run_plane.measuring import show_footer, show_plane, watch_training
from dlviz.ui.labs.landscape.run_plane.runs import choose_runs, offer_training
from dlviz.ui.labs.landscape.state import LAB, State
from dlviz.ui.runs import together
from dlviz.ui.text_format.markdown import plain


def show(state: State) -> None:
    """Choose runs, and draw the loss in the plane of their checkpoints, and how far these are from it."""
    if LAB.just_opened():
        service.shared().prepare()  # a worker gets ready while the learner reads
    left, right = st.columns([1, 2.4], gap="large")
    with left:
        runs = choose_runs(state)
        offer_training(again=bool(runs))
    trained = False
    with right:
        if not runs:
            st.info("Choose your runs, or train three from one start.", icon=":material/route:")
        elif problem := captions.find_problem(runs):
            st.info(plain(problem), icon=":material/layers_clear:")
            together.show_buttons(LAB, "plane.training", [run.status for run in runs])
        elif trained := watch_training(runs):  # the plane needs all of their checkpoints
            show_plane(runs)
    if trained:
        show_footer(runs)
    lesson.words(LAB)
    LAB.publish(LAB.read())
