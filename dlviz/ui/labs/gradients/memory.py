"""Panel of the Gradients lab: the first symbol, named by trained networks after steps of noise."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from dlviz.ui.labs.gradients.forward import KINDS
from dlviz.ui.labs.gradients.state import LAB
from dlviz.ui.server import model_cache
from dlviz.ui.text_format.numbers import percent

if TYPE_CHECKING:
    from dlviz.ui.labs.gradients.state import State

LEARNT = 0.5  # of the symbols named right: four times what a guess gets
# What was measured of the memory task's networks, and how those had been trained.
REACHED = {
    "accuracy": "Trained with delays that grow from 5 to 200",
    "accuracy_without_growing": "Trained at one delay alone, from the first batch on",
}


def show_memory(state: State) -> None:
    """Draw the panel, and measure once it is unfolded.

    Raises: BadWeights if trained weights are missing or damaged.
    """
    panel = st.expander(
        "What training makes of it", icon=":material/memory:", key=f"{LAB}.memory", on_change="rerun"
    )
    if not panel.open:
        return
    with panel:
        for column, (name, how) in zip(st.columns(2, gap="large"), REACHED.items(), strict=True):
            if table := reached_table(name, how):
                column.markdown(table)
        if lesson := lesson_of_delays():
            st.markdown(lesson)
        now = ", ".join(f"{kind} {in_percent(right)}" for kind, right in measure(state.steps).items())
        st.markdown(
            f"**Measured now**, the networks of the left table, on 200 sequences of {state.steps} steps that "
            f"no training has seen: {now}."
        )


def measure(steps: int) -> dict[str, float]:
    """Share of 200 held-out sequences of so many steps whose first symbol each trained network names.

    Raises: BadWeights if trained weights are missing or damaged.
    """
    import torch

    from dlviz.data import memory

    x, target = memory.sequences(200, steps - 1, memory.TEST_SEED + steps)  # (200, steps, symbols), (200,)
    with torch.inference_mode():
        return {
            kind: float((model_cache.trained(f"memory_{kind.lower()}")(x).argmax(1) == target).float().mean())
            for kind in KINDS
        }


def measured(kind: str, name: str) -> dict[int, float]:
    """Delay -> share of symbols that a trained network was measured to name after it.

    Args:
        name: accuracy or accuracy_without_growing. Where the weights file does not say, nothing comes back.
    """
    reached = model_cache.measured(f"memory_{kind.lower()}").get(name, {})
    return {int(delay): share for delay, share in reached.items()}


def reached_table(name: str, how: str) -> str:
    """A table of what the networks were measured to reach; "" where a weights file does not say.

    Args:
        name: accuracy or accuracy_without_growing.
        how: the heading, on how these networks were trained.
    """
    reached = [measured(kind, name) for kind in KINDS]
    if not all(reached):
        return ""
    rows = [
        f"| {delay} | {' | '.join(in_percent(each[delay]) for each in reached)} |" for delay in reached[0]
    ]
    head = [f"**{how}**", "", f"| steps of noise | {' | '.join(KINDS)} |", "|---" * (len(KINDS) + 1) + "|"]
    return "\n".join([*head, *rows])


def in_percent(share: float) -> str:
    """A share that stays on one line, however narrow its column is."""
    return percent(share).replace(" ", "\u00a0")


def lesson_of_delays() -> str:
    """A comparison of the two ways of training; "" where the weights files do not say what they reached."""
    alone = [measured(kind, "accuracy_without_growing") for kind in KINDS]
    learnt = [delay for reached in alone for delay, share in reached.items() if share > LEARNT]
    if not learnt:
        return ""
    return (
        f"Trained at one delay alone, none of these learns more than {max(learnt)} steps of noise (12.5 % is "
        "luck). Delays that grow lead them further: each is a little longer than one that they know."
    )
