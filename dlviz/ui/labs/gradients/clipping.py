"""Panel of the Gradients lab: the same network learns with gradient clipping and without."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from dlviz.ui.labs.gradients.captions import write_number
from dlviz.ui.labs.gradients.state import LAB
from dlviz.ui.text_format.numbers import counted
from dlviz.ui.verdict import show_sentence

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dlviz.recurrence.clipping import Step
    from dlviz.ui.labs.gradients.state import State

STEPS, DELAY, CLIP = 100, 20, 1.0
EXPLODES = 3.0  # times its recurrent weights, an RNN's gradient explodes


def show_clipping(state: State) -> None:
    """Draw the panel, and compute once it is unfolded."""
    panel = st.expander(
        "Gradient clipping at work", icon=":material/content_cut:", key=f"{LAB}.clipping", on_change="rerun"
    )
    if not panel.open:
        return
    from dlviz.figures.gradients import descents as figure

    with panel:
        gain = max(state.gain, EXPLODES)
        with st.spinner("Two times a hundred steps of gradient descent …", show_time=False):
            descents = descend(gain, state.seed)
        drawn = {name: [(step.norm, step.loss) for step in steps] for name, steps in descents.items()}
        st.plotly_chart(figure(drawn, CLIP), key=f"{LAB}.descents", config={"displayModeBar": False})
        show_sentence(f"{LAB}.clipped", st.markdown, compare(descents))
        st.caption(
            f"The same RNN twice, its recurrent weights × {gain:g}, learning now to name a symbol after 20 "
            "steps of noise: batches of 32, learning rate 0.1. Above: the gradient’s norm before clipping, "
            "and dotted the norm to which it is clipped. Clipping shortens a gradient, it does not turn it."
        )


@lru_cache(maxsize=16)
def descend(gain: float, seed: int) -> dict[str, list[Step]]:
    """Gradient descent of an RNN with enlarged recurrent weights, with clipping and without."""
    from dlviz.recurrence.clipping import descent
    from dlviz.recurrence.gradients import untrained, with_gain

    model = with_gain(untrained("RNN", 64, seed), gain)
    clips = {"clipped to norm 1": CLIP, "not clipped": None}
    return {name: list(descent(model, DELAY, clip, STEPS, seed)) for name, clip in clips.items()}


def compare(descents: Mapping[str, list[Step]]) -> str:
    """Largest gradient, largest step and loss at the end of each descent, in a sentence."""
    parts = []
    for name, steps in descents.items():
        end = np.mean([step.loss for step in steps[-10:]])
        longest, moved = (max(getattr(step, part) for step in steps) for part in ("norm", "moved"))
        if not np.isfinite(longest):
            parts.append(f"{name}: after {counted(len(steps), 'step')} the gradient was no number any more")
            continue
        parts.append(
            f"{name}: the largest gradient had norm {write_number(longest)}, the largest step moved the "
            f"weights by {write_number(moved)}, and the last ten batches have a loss of {end:.2f} nats"
        )
    return f"{'; '.join(parts)}. A guess at random costs {np.log(8):.2f} nats."
