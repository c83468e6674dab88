"""Controls of the view: the points, and how networks learn them."""

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


def choose_points(state: State) -> None:
    """Offer the patterns and, of those that are drawn, how many points there are and how much noise."""
    pattern, amount, noise = st.columns([2.2, 1, 1], gap="large")
    pattern.segmented_control(
        "Points",
        list(PATTERN_TITLES),
        format_func=PATTERN_TITLES.__getitem__,
        required=True,
        key=LAB.key("pattern"),
        wrap=True,
    )
    if state.pattern == OWN:
        return
    with amount:
        _slide("How many points", _with(POINTS, state.points), "points")
    noise.slider(
        "Noise",
        0,
        MOST_NOISE,
        key=LAB.key("noise"),
        help="Standard deviation of what is added to each coordinate, in hundredths: the middle of the plane "
        "is 125 from each edge.",
    )


def choose_architecture(state: State) -> None:
    """Offer how many weights and biases each network may have, and what its units do."""
    activation, budget = st.columns([1, 2.2], gap="large")
    activation.segmented_control(
        "Activation",
        list(ACTIVATION_TITLES),
        format_func=ACTIVATION_TITLES.__getitem__,
        required=True,
        key=LAB.key("activation"),
    )
    with budget:
        _slide(
            "Budget: weights and biases of each network",
            _with(BUDGETS, state.budget),
            "budget",
            help="Each depth gets the greatest width that this budget bears.",
        )


def choose_learning() -> None:
    """Offer how the networks learn."""
    with st.expander("Learning rate, L2, seed", icon=":material/tune:"):
        rate, decay, seed = st.columns(3, gap="large")
        with rate:
            _slide("Learning rate", RATES, "rate", help="Of Adam, on all points at once.")
        with decay:
            _slide("L2", DECAYS, "decay", help="How much large weights cost.")
        seed.number_input(
            "Seed",
            0,
            LARGEST_SEED,
            key=LAB.key("seed"),
            help="Another number draws other points, and other weights to begin with.",
        )


def _slide(label: str, options: Sequence[float], field: str, help: str | None = None) -> None:
    st.select_slider(
        label,
        options,
        format_func=lambda value: f"{value:,g}",
        key=LAB.key(field),
        help=help,
    )


def _with(options: Sequence[int], value: int) -> list[int]:
    """The options and a value that a link has brought, in their order."""
    return sorted({*options, value})
