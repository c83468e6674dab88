"""The course of the lab: the curves and their controls, what is measured beside them, and clipping."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from dlviz.ui import lesson
from dlviz.ui.components import address
from dlviz.ui.labs.gradients import captions
from dlviz.ui.labs.gradients.forward import KINDS, Setting, accuracies, chosen, descents, flows
from dlviz.ui.labs.gradients.state import AS_DRAWN, BIASES, FIELDS, GAINS, HIDDEN, LAB, WEIGHTS, get
from dlviz.weights import BadWeights

if TYPE_CHECKING:
    from dlviz.recurrence.gradients import Flow

# What was measured of the memory task's networks, and how those had been trained.
REACHED = {
    "accuracy": "Trained with delays that grow from 5 to 200",
    "accuracy_without_growing": "Trained at one delay alone, from the first batch on",
}


@st.fragment
def lab() -> None:
    """All of it; runs again with every change."""
    address.restore(LAB, FIELDS)
    address.notice()
    left, right = st.columns([1, 2.9], gap="large")
    with left:
        _controls()
    try:
        setting = chosen()
        with st.spinner("Computing the gradients …", show_time=False):
            found = flows(setting)
        with right:
            _curves(setting, found)
        _around(setting, found)
    except BadWeights as problem:
        st.error(str(problem), icon=":material/scale:")
    address.publish(LAB, FIELDS)


def _controls() -> None:
    st.select_slider(
        "The LSTM’s forget bias",
        BIASES,
        key=f"{LAB}.bias",
        help=f"Added inside the forget gate’s σ, on a copy. “{AS_DRAWN}”: as the weights have it.",
    )
    st.slider(
        "Length of the sequence", 2, 200, key=f"{LAB}.steps", help="One symbol to remember, then noise."
    )
    st.segmented_control(
        "Weights", list(WEIGHTS), format_func=WEIGHTS.__getitem__, required=True, key=f"{LAB}.weights"
    )
    if get("weights") == "untrained":
        st.segmented_control("Hidden units", HIDDEN, required=True, key=f"{LAB}.hidden", persist_state="page")
    st.number_input("Seed", 0, 9999, key=f"{LAB}.seed", help="Of the sequence, and of random weights.")
    st.select_slider(
        "The RNN’s recurrent weights ×",
        GAINS,
        key=f"{LAB}.gain",
        help="Enlarged enough, its gradient explodes instead of vanishing.",
    )


def _curves(setting: Setting, found: dict[str, Flow]) -> None:
    from dlviz.figures.gradients import LOWEST, through_time

    st.markdown(f"**{captions.seen(found)}** {captions.honest(setting, found['LSTM'])}")
    hidden = {kind: flow.hidden for kind, flow in found.items()}
    figure = through_time(hidden, found["LSTM"].cell)
    st.plotly_chart(figure, key=f"{LAB}.curves", config={"displayModeBar": False})
    st.caption(f"{captions.made(setting)} {captions.alternative(found)}")
    if any((values < LOWEST).any() for values in hidden.values()):
        st.caption(f"What is smaller than {captions.size(LOWEST)}, or exactly 0, lies on the lower edge.")
    _table(found)


def _table(found: dict[str, Flow]) -> None:
    from dlviz.recurrence.gradients import LOOKED_AT

    rows = []
    for kind, flow in found.items():
        low, middle, high = captions.stretched(flow)
        state = "(h, c)" if flow.cell is not None else "h"
        per_step = captions.share(flow) ** (1 / (len(flow.hidden) - 1))
        rows.append(f"| {kind} | {per_step:.3f} | {middle:.3f} | {low:.3f} to {high:.3f} | {state} |")
    head = (
        "| | left of the gradient, each step | largest singular value, median | over the steps | of |\n"
        "|---|---|---|---|---|\n"
    )
    st.markdown(head + "\n".join(rows))
    st.caption(
        "The largest singular value of the Jacobian from one step’s state to the next, at up to "
        f"{LOOKED_AT} steps spread evenly, is the most that one step can stretch that state’s gradient: "
        "below 1 it must shrink; above 1 it may grow. ‖∂L/∂h‖ goes through all that comes after a step; "
        "the LSTM’s cell is a second way back, drawn thin."
    )


def _around(setting: Setting, found: dict[str, Flow]) -> None:
    from dlviz.ui.labs.gradients import questions

    _clipping()
    _memory(setting)
    lesson.predict(LAB, lambda: questions.ask(setting, found))
    lesson.code(LAB, questions.SOURCES, lambda: questions.script(setting), "dlviz_gradients.py")
    lesson.words(LAB)


def _clipping() -> None:
    panel = st.expander(
        "Gradient clipping at work", icon=":material/content_cut:", key=f"{LAB}.clipping", on_change="rerun"
    )
    if not panel.open:
        return
    from dlviz.figures.gradients import descents as figure

    with panel:
        gain = max(float(get("gain")), 3.0)
        with st.spinner("Two times a hundred steps of gradient descent …", show_time=False):
            runs = descents(gain, get("seed"))
        losses = {name: [step.loss for step in steps] for name, steps in runs.items()}
        st.plotly_chart(figure(losses), key=f"{LAB}.descents", config={"displayModeBar": False})
        st.markdown(captions.clipped(runs))
        st.caption(
            f"The same RNN twice, its recurrent weights × {gain:g}, learning now to name a symbol after 20 "
            "steps of noise: batches of 32, learning rate 0.1. Clipping shortens, it does not turn."
        )


def _memory(setting: Setting) -> None:
    panel = st.expander(
        "What the networks can remember", icon=":material/memory:", key=f"{LAB}.memory", on_change="rerun"
    )
    if not panel.open:
        return
    with panel:
        for column, (name, how) in zip(st.columns(2, gap="large"), REACHED.items(), strict=True):
            if table := _reached(name, how):
                column.markdown(table)
        if lesson_of_delays := captions.lesson_of_delays():
            st.markdown(lesson_of_delays)
        now = ", ".join(f"{kind} {100 * right:.1f} %" for kind, right in accuracies(setting.steps).items())
        st.markdown(
            f"**Measured now**, on 200 sequences of {setting.steps} steps that no training has seen: {now}."
        )


def _reached(name: str, how: str) -> str:
    """A table of what the networks were measured to reach; "" where a weights file does not say."""
    reached = [captions.measured(kind, name) for kind in KINDS]
    if not all(reached):
        return ""
    rows = [
        f"| {delay} | {' | '.join(captions.in_percent(each[delay]) for each in reached)} |"
        for delay in reached[0]
    ]
    head = [f"**{how}**", "", f"| steps of noise | {' | '.join(KINDS)} |", "|---" * (len(KINDS) + 1) + "|"]
    return "\n".join([*head, *rows])
