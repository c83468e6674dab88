"""Pictures of the Gradients lab: gradients over the steps back, and what each step does to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from dlviz.ui.labs.gradients import captions
from dlviz.ui.labs.gradients.state import LAB
from dlviz.ui.verdict import show_sentence

if TYPE_CHECKING:
    from dlviz.ui.labs.gradients.forward import ForwardPass
    from dlviz.ui.labs.gradients.state import State


def show_curves(passed: ForwardPass, former: ForwardPass | None, state: State) -> None:
    """Draw how much of the gradient is left at each step, and say what that means.

    Args:
        former: what was on screen before the last change, drawn faint where it was another curve.
    """
    from dlviz.figures.gradients import fixed_axis, through_time

    hidden = {kind: flow.hidden for kind, flow in passed.flows.items()}
    axis = fixed_axis(state.steps, state.weights == "trained")
    ghosts = changed_curves(passed, former)
    figure = through_time(hidden, axis, passed.flows["LSTM"].cell, ghosts)
    st.plotly_chart(figure, key=f"{LAB}.curves", config={"displayModeBar": False})
    show_sentence(
        f"{LAB}.arrives",
        st.markdown,
        f"**{captions.what_arrives(passed)}** {captions.forget_gates(passed, state)}",
    )
    show_sentence(f"{LAB}.means", st.markdown, captions.what_it_means(passed, state))
    show_sentence(
        f"{LAB}.provenance", st.caption, f"{captions.provenance(state)} {captions.text_alternative(passed)}"
    )
    if ghosts:
        st.caption(f"Faint: the {' and the '.join(ghosts)} before the last change.")
    low, high = (10.0**power for power in axis)
    if any((values < low).any() or (values > high).any() for values in hidden.values()):
        st.caption("What leaves the axis lies on its edge.")


def changed_curves(passed: ForwardPass, former: ForwardPass | None) -> dict[str, np.ndarray]:
    """Networks whose curve was another before: their former norms (steps,)."""
    if former is None:
        return {}
    return {
        kind: before.hidden
        for kind, before in former.flows.items()
        if not np.array_equal(before.hidden, passed.flows[kind].hidden)
    }


def show_factors(passed: ForwardPass) -> None:
    """Draw a table of the factors by which one step changes a gradient, measured and bounded."""
    st.markdown("\n".join(["**What one step does to a gradient**", "", *factor_rows(passed)]))
    st.caption(
        "Factor per step: multiplied once for each step, it gives the share above. The next two are medians "
        "over the Jacobians from one step’s state to the next, in the LSTM of h and c together. Many equal "
        "steps come to the spectral radius per step: compare it with the first row. One step can stretch a "
        "gradient by the largest singular value at the most: if that is below 1 at every step, the gradient "
        "must shrink; if it is above 1, the gradient may grow or shrink."
    )


def factor_rows(passed: ForwardPass) -> list[str]:
    """Rows of the table: factor per step, spectral radius, largest singular value, and the loss."""
    kinds, flows = zip(*passed.flows.items(), strict=True)
    measured = {
        "factor per step": [f"{passed.shares[kind] ** (1 / passed.back):.3f}" for kind in kinds],
        "spectral radius": [f"{flow.radius:.3f}" for flow in flows],
        "largest singular value": [f"{np.median(flow.stretch):.3f}" for flow in flows],
        "loss in nats": [
            f"{flow.loss:.3f}" if flow.loss >= 1e-3 else captions.write_number(flow.loss) for flow in flows
        ],
    }
    rows = [f"| {name} | {' | '.join(values)} |" for name, values in measured.items()]
    return [f"| | {' | '.join(kinds)} |", "|---" * (len(kinds) + 1) + "|", *rows]
