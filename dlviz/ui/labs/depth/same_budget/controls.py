"""Controls of the view: the points, and how networks learn them. Whatever changes here, they begin again."""

from collections.abc import Sequence

import streamlit as st

from dlviz.ui.labs.depth.same_budget.state import (
    ACTIVATION_TITLES,
    BUDGETS,
    DECAYS,
    LARGEST_SEED,
    MOST_NOISE,
    OWN,
    PATTERN_TITLES,
    POINTS,
    RATES,
)
from dlviz.ui.labs.depth.state import LAB, State


def begin_again() -> None:
    """Let the networks stand where no step has been taken: what they learn, or how, is another."""
    LAB.update(steps=0)


def choose_points(state: State) -> None:
    """Offer the patterns and, of those that are drawn, how many points there are and how much noise."""
    st.segmented_control(
        "Points",
        list(PATTERN_TITLES),
        format_func=PATTERN_TITLES.__getitem__,
        required=True,
        key=LAB.key("pattern"),
        on_change=begin_again,
    )
    if state.pattern == OWN:
        return
    amount, noise = st.columns(2, gap="large")
    with amount:
        _slide("How many", _with(POINTS, state.points), "points")
    noise.slider(
        "Noise",
        0,
        MOST_NOISE,
        key=LAB.key("noise"),
        on_change=begin_again,
        help="Standard deviation of what is added to each coordinate, in hundredths.",
    )


def choose_budget(state: State) -> None:
    """Offer how many weights and biases each network may have."""
    _slide(
        "Budget: weights and biases of each network",
        _with(BUDGETS, state.budget),
        "budget",
        help="Each depth gets the greatest width that this budget bears.",
    )


def choose_learning(state: State) -> None:
    """Offer how the networks learn."""
    left, right = st.columns(2, gap="large")
    with left:
        st.segmented_control(
            "Activation",
            list(ACTIVATION_TITLES),
            format_func=ACTIVATION_TITLES.__getitem__,
            required=True,
            key=LAB.key("activation"),
            on_change=begin_again,
        )
        st.number_input("Seed", 0, LARGEST_SEED, key=LAB.key("seed"), on_change=begin_again)
    with right:
        _slide("Learning rate", RATES, "rate")
        _slide("L2 (weight decay)", DECAYS, "decay")


def _slide(label: str, options: Sequence[float], field: str, help: str | None = None) -> None:  # noqa: A002
    st.select_slider(
        label,
        options,
        format_func=lambda value: f"{value:,g}",
        key=LAB.key(field),
        on_change=begin_again,
        help=help,
    )


def _with(options: Sequence[int], value: int) -> list[int]:
    """The options and a value that a link has brought, in their order."""
    return sorted({*options, value})
