"""The view itself, from top to bottom."""

from __future__ import annotations

import streamlit as st

from dlviz.training.runs import service
from dlviz.ui.labs.transfer.state import LAB, State
from dlviz.ui.labs.transfer.what_changed import networks
from dlviz.ui.labs.transfer.what_changed.pictures import ask_first, show_results
from dlviz.ui.labs.transfer.what_changed.training import choose_run, offer_twin, watch_runs


def show(state: State) -> None:
    """Choose a tuned network, and compare it and its frozen twin with what they were."""
    if LAB.just_opened():
        service.shared().prepare()  # a worker gets ready while the learner reads
    runs = networks.find_runs()
    with st.container(key="controls-beside"):
        left, right = st.columns([1, 2.9], gap="large")
    with left:
        tuned = choose_run(state, runs)
    twin = networks.find_twin(tuned.config, runs) if tuned else None
    draws = networks.find_draws(tuned.config, runs) if tuned else {}
    with right:
        asked = st.container()
        if not tuned:
            st.info("Tune a network: a minute or so if nobody else waits.", icon=":material/tune:")
        if tuned:
            drawn = [each for pair in draws.values() for each in pair]
            # The chosen pair is among the draws.
            watched = {each.run.run: each for each in (tuned, twin, *drawn) if each}
            watch_runs([*watched.values()])
            if not twin and networks.has_ended(tuned):
                offer_twin(tuned)
    if tuned and networks.has_ended(tuned):
        ended = twin if twin and networks.has_ended(twin) else None
        others = networks.find_other_pairs(tuned.config, draws)
        show_results(tuned, ended, others, asked, LAB.read())
    else:
        with asked:
            ask_first()
