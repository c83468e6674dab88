"""What the network says of the digit, and what that rests on."""

from typing import Literal

import streamlit as st

from dlviz.ui.components.pad import Placed
from dlviz.ui.labs.cnn.forward import TRAINED, Network, Run
from dlviz.ui.labs.cnn.state import get
from dlviz.ui.server import model_cache
from dlviz.ui.text_format.markdown import plain
from dlviz.ui.text_format.numbers import percent


def show(runs: list[Run], placed: Placed | None) -> None:
    """Each network's answer, or an invitation while nothing is drawn."""
    if not runs:
        st.subheader("Draw a digit, and everything below comes alive.", anchor=False)
        st.caption("Or let the dice put one of MNIST's test digits on the paper.")
        return
    for run, column in zip(runs, st.columns(len(runs)), strict=True):
        with column:
            _answer(run, placed, "large" if len(runs) == 1 else "small")


def _answer(run: Run, placed: Placed | None, gap: Literal["small", "large"]) -> None:
    first, *others = map(int, run.probabilities.argsort()[::-1][:2])
    names = run.network.classes
    with st.container(horizontal=True, gap=gap):
        st.metric("It says", plain(names[first]), width="content")
        st.metric("with probability", percent(float(run.probabilities[first])), width="content")
        for second in others:
            share = percent(float(run.probabilities[second]))
            st.metric("or else", f"{plain(names[second])} · {share}", width="content")
    label = placed.label[0].upper() + placed.label[1:] + " · " if placed else ""
    st.caption(label + _circumstances(run))


def made_by(network: Network) -> str:
    """Which weights made the numbers."""
    if network.of_run:
        return plain(network.of_run)
    seed = network.seed
    if seed is None:
        return f"Trained on MNIST: {model_cache.result(TRAINED)}"
    return f"Random weights, seed {seed}: never trained"


def _circumstances(run: Run) -> str:
    """What made the numbers: trained or random weights, edits, training mode."""
    parts = [made_by(run.network)]
    if run.untouched:
        count = sum(map(len, run.off.values()))
        parts.append(f"**{count} switched off**; untouched it said {plain(run.untouched.said)}")
    if get("training"):
        share = "half" if run.silenced == 0.5 else percent(run.silenced)
        parts.append(f"**training mode**: {share} of the hidden units are silenced")
    return " · ".join(parts)
