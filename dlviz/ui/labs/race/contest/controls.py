"""Controls of the view: what is learned, what is equal, how often, and by which recipes."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from dlviz.training.race import PAIR, RUNNERS
from dlviz.ui.labs.race.contest import captions
from dlviz.ui.labs.race.contest.runs import has_data
from dlviz.ui.labs.race.contest.state import (
    COUNT_TITLES,
    DATA_TITLES,
    EQUAL_TITLES,
    MOST_SEEDS,
    RATES,
    RUNNER_TITLES,
    SCHEDULE_TITLES,
    SECONDS,
)
from dlviz.ui.labs.race.state import LAB, State
from dlviz.ui.text_format.numbers import number
from dlviz.ui.verdict import show_sentence


def set_up(state: State) -> None:
    """Offer what the networks learn, and what is equal between them."""
    offered = [data for data in DATA_TITLES if data == state.data or has_data(replace(state, data=data))]
    st.segmented_control(
        "Data", offered, format_func=DATA_TITLES.__getitem__, required=True, key=LAB.key("data")
    )
    st.segmented_control(
        "Examples to learn from",
        list(COUNT_TITLES),
        format_func=COUNT_TITLES.__getitem__,
        required=True,
        key=LAB.key("examples"),
        help="The same number of each class; each seed draws others. All: 55,000, and 45,000 of CIFAR-10, as "
        "5,000 are held out.",
        wrap=True,
    )
    st.radio(
        "What is equal",
        list(EQUAL_TITLES),
        format_func=EQUAL_TITLES.__getitem__,
        key=LAB.key("equal"),
        help="The networks always have nearly the same number of weights. With its usual recipe the "
        "transformer sees more pictures and takes more time.",
    )
    if state.equal == "seconds":
        st.select_slider(
            "Seconds of training",
            SECONDS,
            key=LAB.key("seconds"),
            help="By the clock, for each network. Nobody knows beforehand how far it gets, so the learning "
            "rate warms up and then stays.",
        )
    st.slider(
        "Seeds",
        1,
        MOST_SEEDS,
        key=LAB.key("seeds"),
        help="Each seed draws other examples, the same for both networks, and other first weights.",
    )


def choose_recipes(state: State) -> None:
    """Offer each network's learning rate and schedule."""
    with st.expander("Recipes: each network has its own", icon=":material/menu_book:"):
        for runner, column in zip(PAIR, st.columns(2, gap="medium"), strict=True):
            with column:
                st.markdown(f"**{RUNNER_TITLES[runner]}**")
                st.select_slider(
                    "Learning rate",
                    RATES,
                    format_func=lambda rate: number(rate, "g"),
                    key=LAB.key(f"{runner}_rate"),
                    help="Adam’s; the highest that the schedule reaches.",
                )
                st.radio(
                    "Schedule",
                    list(SCHEDULE_TITLES),
                    format_func=SCHEDULE_TITLES.__getitem__,
                    key=LAB.key(f"{runner}_schedule"),
                    disabled=state.equal == "seconds",
                )
        show_sentence(f"{LAB}.recipes", st.caption, captions.recipes(state))
        st.button("Back to the usual recipes", key=f"{LAB}.usual", on_click=_take_usual_recipes)


def _take_usual_recipes() -> None:
    usual = {
        f"{runner}_{part}": value
        for runner in PAIR
        for part, value in (
            ("rate", RUNNERS[runner].recipe.learning_rate),
            ("schedule", RUNNERS[runner].recipe.scheduler),
        )
    }
    LAB.update(**usual)
