"""Panel of the Gradients lab: the first symbol, named by trained networks after steps of noise."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import streamlit as st

from dlviz.ui.labs.gradients.forward import KINDS
from dlviz.ui.labs.gradients.state import LAB
from dlviz.ui.server import model_cache
from dlviz.ui.text_format.numbers import percent

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dlviz.training.forget_bias import Result
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
        show_biases()
        st.markdown("**Three networks as PyTorch draws them**")
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


def show_biases() -> None:
    """Draw what LSTMs with different forget biases learnt, as the shipped results have it."""
    from dlviz.figures.gradients import learning
    from dlviz.training import forget_bias

    facts, results = forget_bias.read()
    st.markdown("**An LSTM trained from its first batch on, by the forget bias that it begins with**")
    for column, delay in zip(
        st.columns(2, gap="large"), sorted({each.delay for each in results}), strict=True
    ):
        with column:
            st.markdown("\n".join(bias_rows([each for each in results if each.delay == delay])))
            curves = {
                bias_name(each.bias): [
                    other.accuracy for other in results if (other.delay, other.bias) == (delay, each.bias)
                ]
                for each in results
            }
            st.plotly_chart(learning(curves), key=f"{LAB}.learning.{delay}", config={"displayModeBar": False})
    st.markdown(necessary_not_sufficient(results))
    st.caption(
        f"Shipped results, made by `{facts['command']}`: {facts['recipe']}; each network measured on 1,000 "
        "other sequences. A guess is right in 12.5 %. The gradient that arrives: ‖∂L/∂h‖ at the first step "
        "as a share of that at the last, before training, on one sequence; the geometric mean over the seeds."
    )


def bias_name(bias: float | None) -> str:
    """A forget bias as a table names it."""
    return "as drawn" if bias is None else f"{bias:g}"


def bias_rows(results: Sequence[Result]) -> list[str]:
    """Rows of a table of one delay: bias, the gradient that arrives before training, and what was learnt."""
    from dlviz.ui.labs.gradients.captions import write_number

    rows = [
        f"**{results[0].delay} steps of noise**",
        "",
        "| forget bias | gradient that arrives | right after training, each seed |",
        "|---|---|---|",
    ]
    for bias in dict.fromkeys(each.bias for each in results):
        same = [each for each in results if each.bias == bias]
        arrives = math.prod(each.arrives for each in same) ** (1 / len(same))
        learnt = ", ".join(in_percent(each.accuracy[-1]) for each in same)
        rows.append(f"| {bias_name(bias)} | {write_number(arrives)} | {learnt} |")
    return rows


def necessary_not_sufficient(results: Sequence[Result]) -> str:
    """The trainings counted by whether a gradient arrived before them, and whether they learnt."""
    from dlviz.ui.labs.gradients.captions import LIMIT, VANISHED

    reached = [each for each in results if each.arrives >= VANISHED]
    without = [each for each in results if each.arrives < VANISHED]
    learnt, learnt_without = (sum(each.accuracy[-1] > LEARNT for each in some) for some in (reached, without))
    return (
        f"Before {len(reached)} of these {len(results)} trainings more than {LIMIT} of the gradient arrives: "
        f"in {learnt} of them the network names more than half of the symbols at the end. Of the "
        f"{len(without)} others, in {learnt_without}. "
        "A gradient that arrives is necessary for learning, not sufficient."
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
