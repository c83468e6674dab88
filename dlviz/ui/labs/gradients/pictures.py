"""Pictures of the Gradients lab: gradients over the steps back, and what each step does to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from dlviz.ui.labs.gradients import captions
from dlviz.ui.labs.gradients.state import LAB

if TYPE_CHECKING:
    from dlviz.ui.labs.gradients.forward import ForwardPass
    from dlviz.ui.labs.gradients.state import State


def show_curves(passed: ForwardPass, state: State) -> None:
    """Draw how much of the gradient is left at each step, and say what that means."""
    from dlviz.figures.gradients import LOWEST, through_time

    st.markdown(f"**{captions.what_arrives(passed)}** {captions.forget_gates(passed, state)}")
    hidden = {kind: flow.hidden for kind, flow in passed.flows.items()}
    figure = through_time(hidden, passed.flows["LSTM"].cell)
    st.plotly_chart(figure, key=f"{LAB}.curves", config={"displayModeBar": False})
    st.caption(f"{captions.provenance(state)} {captions.text_alternative(passed)}")
    if any((values < LOWEST).any() for values in hidden.values()):
        lowest = captions.write_number(LOWEST)
        st.caption(f"What is smaller than {lowest}, or exactly 0, lies on the lower edge.")


def show_singular_values(passed: ForwardPass) -> None:
    """Draw a table of the largest singular values of the steps' Jacobians."""
    from dlviz.recurrence.gradients import LOOKED_AT

    rows = [
        "| | left of the gradient, each step | largest singular value, median | over the steps | of |",
        "|---|---|---|---|---|",
    ]
    for kind, flow in passed.flows.items():
        per_step = passed.shares[kind] ** (1 / (len(flow.hidden) - 1))
        low, middle, high = flow.stretch.min(), np.median(flow.stretch), flow.stretch.max()
        stretched = "h" if flow.cell is None else "(h, c)"
        rows.append(f"| {kind} | {per_step:.3f} | {middle:.3f} | {low:.3f} to {high:.3f} | {stretched} |")
    st.markdown("\n".join(rows))
    st.caption(
        "The largest singular value of the Jacobian from one step’s state to the next, at up to "
        f"{LOOKED_AT} steps spread evenly, is the most that one step can stretch that state’s gradient: "
        "below 1 it must shrink; above 1 it may grow. ‖∂L/∂h‖ goes through all that comes after a step; "
        "the LSTM’s cell is a second way back, drawn thin."
    )
