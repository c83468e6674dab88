"""What the network says of the digit, and what that rests on."""

import streamlit as st

from dlviz.ui import warm
from dlviz.ui.cnn.run import TRAINED, Run
from dlviz.ui.cnn.state import get
from dlviz.ui.pad import Placed
from dlviz.ui.percent import percent


def show(runs: list[Run], placed: Placed | None) -> None:
    """Each network's answer, or an invitation while nothing is drawn."""
    if not runs:
        st.subheader("Draw a digit, and everything below comes alive.", anchor=False)
        st.caption("Or let the dice put one of MNIST's test digits on the paper.")
        return
    for run, column in zip(runs, st.columns(len(runs)), strict=True):
        with column:
            _answer(run, placed)


def _answer(run: Run, placed: Placed | None) -> None:
    first, second = map(int, run.probabilities.argsort()[::-1][:2])
    with st.container(horizontal=True, gap="large"):
        st.metric("It says", str(first), width="content")
        st.metric("with probability", percent(float(run.probabilities[first])), width="content")
        st.metric("or else", f"{second} · {percent(float(run.probabilities[second]))}", width="content")
    label = placed.label[0].upper() + placed.label[1:] + " · " if placed else ""
    st.caption(label + _circumstances(run))


def made_by(run: Run) -> str:
    """Which weights made the numbers."""
    if run.network.of_run:
        return run.network.of_run
    seed = run.network.seed
    if seed is None:
        return f"Trained on MNIST: {warm.result(TRAINED)}"
    return f"Random weights, seed {seed}: never trained"


def _circumstances(run: Run) -> str:
    """What made the numbers: trained or random weights, edits, training mode."""
    parts = [made_by(run)]
    count = sum(map(len, get("off").values()))
    if count:
        was = run.untouched.says if run.untouched else run.says
        parts.append(f"**{count} switched off**; untouched it said {was}")
    if get("training"):
        parts.append("**training mode**: half of the hidden units are silenced")
    return " · ".join(parts)
