"""The view itself, from top to bottom."""

from __future__ import annotations

import numpy as np
import streamlit as st

from dlviz.data.mnist import MissingData
from dlviz.landscape.two_weights import OPTIMIZERS, Weight
from dlviz.ui import lesson
from dlviz.ui.components import events
from dlviz.ui.components.weight_cells import weight_cells
from dlviz.ui.labs.landscape.state import LAB, State
from dlviz.ui.labs.landscape.two_weights import captions, questions
from dlviz.ui.labs.landscape.two_weights.forward import (
    ForwardPass,
    choose_weights,
    chosen_layer,
    measure,
    race,
)
from dlviz.ui.labs.landscape.two_weights.networks import Trained, load_trained
from dlviz.ui.labs.landscape.two_weights.state import NETWORK_TITLES, RATES, REACHES, STEPS
from dlviz.ui.session_cache import compute_once
from dlviz.ui.verdict import show_sentence
from dlviz.weights import BadWeights

CELLS = 2560  # weights that one picture shows; of a larger layer, those of one unit
KEY = f"{LAB}.two"


def show(state: State) -> None:
    """Choose two weights of a trained network, and let optimizers race over the loss above them."""
    left, right = st.columns([1, 2.4], gap="large")
    with left:
        st.selectbox(
            "Network",
            list(NETWORK_TITLES),
            format_func=NETWORK_TITLES.__getitem__,
            key=LAB.key("network"),
            on_change=_forget_weights,
        )
        try:
            trained = load_trained(state.network)
        except (BadWeights, MissingData) as problem:
            st.error(str(problem), icon=":material/scale:")
            return
        _choose_weights(trained, state)
    state = LAB.read()
    layer, chosen = chosen_layer(trained, state), choose_weights(trained, state)
    surface = compute_once(
        f"{KEY}.surface",
        (trained, layer, chosen, state.reach),
        lambda: measure(trained, layer, chosen, state.reach),
    )
    state = _take_start(state)
    passed = compute_once(
        f"{KEY}.race", (surface, state.start, state.rate), lambda: race(surface, state.start, state.rate)
    )
    with left:
        st.select_slider("How far the picture goes to each side", list(REACHES), key=LAB.key("reach"))
        st.select_slider("Learning rate, η", list(RATES), key=LAB.key("rate"))
        st.segmented_control(
            "Your guess: which is lowest at the end?",
            list(OPTIMIZERS),
            key=LAB.key("guess_winner"),
            wrap=True,
        )
    with right:
        st.slider("Step", 0, STEPS, key=LAB.key("step"), help="Arrow keys take one step.")
        _show_picture(passed, state)
        show_sentence(f"{KEY}.surface.said", st.markdown, captions.tell_surface(surface))
        if state.step == STEPS:
            ended = f"{captions.tell_race(passed)} {captions.judge_guess(passed, state.guess_winner)}"
            show_sentence(f"{KEY}.race.said", st.markdown, ended)
    st.table(
        captions.rows(passed, state.step),
        hide_index=True,
        border="horizontal",
        alt=captions.describe_surface(passed, state.step),
    )
    st.caption(
        f"The loss is the mean over {trained.examples}; every other weight stays as trained. All begin "
        "at the same place, follow the true gradient, and have PyTorch’s own settings but for η."
    )
    lesson.predict(LAB, lambda: questions.questions(passed, state))
    lesson.code(
        LAB,
        lambda: questions.shown_code(passed, state),
        lambda: lesson.offer_script(
            questions.NAME, questions.script(passed, state), questions.script_files(passed, trained)
        ),
    )


def _forget_weights() -> None:
    LAB.update(one=None, two=None)


def _choose_weights(trained: Trained, state: State) -> None:
    """Offer the layer, and its weights as a picture in which two of them are chosen."""
    places = list(range(len(trained.linear)))
    layer = min(state.layer, places[-1])
    LAB.update(layer=layer)
    st.segmented_control(
        "Linear layer",
        places,
        format_func=lambda place: f"{place + 1} of {len(places)}",
        required=True,
        key=LAB.key("layer"),
        on_change=_forget_weights,
    )
    state = LAB.read()
    place = chosen_layer(trained, state)
    weights = trained.weights(place)
    units, inputs = weights.shape
    whole = units * inputs <= CELLS
    if not whole:
        LAB.update(unit=min(state.unit, units - 1))
        st.number_input("Weights of unit", 0, units - 1, key=LAB.key("unit"))
    unit = 0 if whole else LAB.read().unit
    picked = events.numbers(f"{KEY}.cells", "pick", 1)
    first, second = choose_weights(trained, state)
    if picked and 0 <= picked[0] < (units * inputs if whole else inputs):
        weight = Weight(*divmod(picked[0], inputs)) if whole else Weight(unit, picked[0])
        if weight not in (first, second):
            first, second = second, weight
            LAB.update(one=first, two=second)
    shown = weights if whole else _as_picture(weights[unit])
    marked = [
        each.unit * inputs + each.input if whole else each.input if each.unit == unit else -1
        for each in (first, second)
    ]
    names = ("unit", "input") if whole else ("row", "column")
    weight_cells(f"{KEY}.cells", shown, marked, *names, captions.describe_cells(shown))
    show_sentence(f"{KEY}.chosen", st.caption, captions.tell_chosen(first, second))
    st.button(
        "Where the loss bends most",
        icon=":material/troubleshoot:",
        key=f"{KEY}.most",
        on_click=_forget_weights,
        disabled=state.one is None and LAB.read().one is None,
        help="The two weights whose change the loss feels most.",
    )


def _as_picture(row: np.ndarray) -> np.ndarray:
    """Weights (inputs,) of a unit in rows: as the picture's pixels where they belong to those."""
    rows = next(count for count in range(int(len(row) ** 0.5), 0, -1) if len(row) % count == 0)
    return row.reshape(rows, -1)


def _take_start(state: State) -> State:
    """The state with the start that the learner has clicked in the picture."""
    key = f"{KEY}.figure"
    clicked = st.session_state.get(key)
    points = clicked.selection.points if clicked else []
    if points and points != st.session_state.get(f"{key}.seen"):
        st.session_state[f"{key}.seen"] = points
        places = [point for point in points if point.get("curve_number") == 1]
        if places:
            from dlviz.figures.landscape import TARGETS
            from dlviz.landscape.two_weights import SIDE

            row, column = divmod(int(places[0]["point_index"]), TARGETS)
            step = (SIDE - 1) // (TARGETS - 1)
            if row < TARGETS:
                return LAB.update(start=(column * step, row * step), step=0)
    return state


def _show_picture(passed: ForwardPass, state: State) -> None:
    from dlviz.figures import landscape

    surface = passed.surface
    names = captions.name_weight(surface.chosen[0]), captions.name_weight(surface.chosen[1])
    axes = surface.first, surface.second
    flat, deep = st.tabs(["Contours", "Surface"])
    with flat:
        st.plotly_chart(
            landscape.contours(
                axes,
                names,
                surface.losses,
                (surface.trained[0], surface.trained[1]),
                {name: taken.values[: state.step + 1] for name, taken in passed.walks.items()},
                clickable=True,
            ),
            key=f"{KEY}.figure",
            on_select="rerun",
            selection_mode="points",
            config={"displayModeBar": False},
        )
        st.caption("Click in the picture: the race begins there. ★: as trained.")
    with deep:
        st.plotly_chart(
            landscape.surface(
                axes,
                names,
                surface.losses,
                (surface.trained[0], surface.trained[1], surface.loss),
                {
                    name: (taken.values[: state.step + 1], taken.losses[: state.step + 1])
                    for name, taken in passed.walks.items()
                },
            ),
            key=f"{KEY}.deep",
            config={"displayModeBar": False},
        )
