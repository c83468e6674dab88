"""Pictures of the view: the loss over two weights, the optimizers' ways, and their steps as formulas."""

from __future__ import annotations

import streamlit as st

from dlviz.landscape.two_weights import SIDE
from dlviz.ui.labs.landscape.state import LAB, State
from dlviz.ui.labs.landscape.two_weights import captions
from dlviz.ui.labs.landscape.two_weights.forward import ForwardPass
from dlviz.ui.labs.landscape.two_weights.networks import Trained
from dlviz.ui.labs.landscape.two_weights.state import STEPS
from dlviz.ui.verdict import show_sentence

KEY = f"{LAB}.figure"
SEEN = f"{KEY}.seen"
PLAIN = {"displayModeBar": False}


def take_start() -> State:
    """The state, with the place where the learner has clicked in the picture as the race's start."""
    from dlviz.figures.landscape import TARGETS

    figure = st.session_state.get(KEY)
    points = figure.selection.points if figure else []
    if points and points != st.session_state.get(SEEN):
        st.session_state[SEEN] = points
        targets = [point["point_index"] for point in points if point["curve_number"] == 1]
        if targets and 0 <= targets[0] < TARGETS**2:
            row, column = divmod(targets[0], TARGETS)
            step = (SIDE - 1) // (TARGETS - 1)
            return LAB.update(start=(column * step, row * step), step=0)
    return LAB.read()


def show_race(passed: ForwardPass) -> State:
    """Draw the loss, and over it the optimizers' ways up to a step; the state with that step."""
    st.slider("Step", 0, STEPS, key=LAB.key("step"), help="Arrow keys take one step.")
    st.toggle("As a surface", key=LAB.key("relief"))
    state = LAB.read()
    if state.relief:
        _show_surface(passed, state.step)
    else:
        _show_contours(passed, state.step)
    show_sentence(f"{LAB}.surface.told", st.markdown, captions.tell_surface(passed.surface))
    if state.step == STEPS:
        show_sentence(f"{LAB}.race.told", st.markdown, captions.tell_race(passed))
    return state


def show_formulas(passed: ForwardPass, trained: Trained, step: int) -> None:
    """Draw each optimizer's loss, and its formula with the numbers of this step."""
    alt = captions.describe_race(passed, step)
    st.table(captions.rows(passed, step), hide_index=True, border="horizontal", alt=alt)
    st.caption(
        f"The loss is the mean over {trained.examples}; every other weight stays as trained. All begin "
        "at the same place and follow the exact gradient, with PyTorch’s default settings except for η and "
        "the 0.9 of momentum."
    )


def _show_contours(passed: ForwardPass, step: int) -> None:
    from dlviz.figures.landscape import contours

    surface = passed.surface
    st.plotly_chart(
        contours(
            (surface.first, surface.second),
            captions.name_axes(surface),
            surface.losses,
            (surface.trained[0], surface.trained[1]),
            {name: taken.values[: step + 1] for name, taken in passed.walks.items()},
            clickable=True,
        ),
        key=KEY,
        on_select="rerun",
        selection_mode="points",
        config=PLAIN,
        alt=captions.describe_surface(surface),
    )
    st.caption("Click in the picture: the race begins there. ★: as trained.")


def _show_surface(passed: ForwardPass, step: int) -> None:
    from dlviz.figures.landscape import surface as draw_surface

    surface = passed.surface
    st.plotly_chart(
        draw_surface(
            (surface.first, surface.second),
            captions.name_axes(surface),
            surface.losses,
            (surface.trained[0], surface.trained[1], surface.loss),
            {
                name: (taken.values[: step + 1], taken.losses[: step + 1])
                for name, taken in passed.walks.items()
            },
        ),
        key=f"{LAB}.relief.figure",
        config=PLAIN,
        alt=captions.describe_surface(surface),
    )
