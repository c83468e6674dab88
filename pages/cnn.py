"""CNN lab: draw a digit, and see SimpleCNN at work on it, map by map."""

from functools import partial

import streamlit as st

from dlviz.ui import lesson
from dlviz.ui.inputs.digit import digit_input
from dlviz.ui.labs.cnn import controls, questions
from dlviz.ui.labs.cnn.clamp_choices import clamp_choices
from dlviz.ui.labs.cnn.forward import forward
from dlviz.ui.labs.cnn.inputs import choose_photograph, settled_pixels
from dlviz.ui.labs.cnn.networks import load_network, sees_colours
from dlviz.ui.labs.cnn.panels import show_panel
from dlviz.ui.labs.cnn.pictures import (
    look_at_lit_unit,
    say_bad_weights,
    show_answers,
    show_preparation,
    show_walls,
    take_clicks,
)
from dlviz.ui.labs.cnn.state import LAB
from dlviz.ui.prediction import ask_first
from dlviz.ui.server import model_cache

lesson.opening(LAB)


@st.fragment
def course() -> None:
    """A digit, the answer of each network, all of its feature maps, and a closer look at one of them."""
    state = LAB.restore()
    LAB.show_notice()
    in_colour = sees_colours(state)
    if in_colour and state.weights == "beside":
        state = LAB.update(weights="run")  # the trained network cannot read what this one reads
    state = take_clicks(state)

    left, right = st.columns([1, 3.4], gap="large")
    with left, st.container(key="paper"), st.container(key="one-screen"):
        # Its pixels: (28, 28), or (3, 32, 32) in colour, in [0, 1]; None while nothing is drawn.
        drawing = choose_photograph(state) if in_colour else digit_input(LAB)
    with right:
        answers, choices = st.container(), st.container()
    state = LAB.read()

    passes = []
    with say_bad_weights():
        with model_cache.waiting():
            networks = [load_network(key, state) for key in state.networks]  # one, or two side by side
        if changes := clamp_choices(networks[state.place], state):
            state = LAB.update(**changes)
        if drawing.pixels is not None:
            passes = [forward(network, drawing.pixels, state) for network in networks]
        looked = look_at_lit_unit(passes[state.place], drawing.final, state) if passes else state
        show_walls(networks, passes, drawing, looked)  # sent before all else: a stroke waits for it
        show_preparation(drawing)
        with answers:
            show_answers(passes, drawing.placed, state)
    with choices:
        controls.choose_networks(state, in_colour)

    if passes:
        passed = passes[state.place]  # the one that is looked into
        asked = partial(questions.ask_main, passed, looked)
        ask_first(LAB, asked, partial(questions.main_question, passed, looked))
        controls.choose_panel(state)
        with say_bad_weights():
            show_panel(passed, settled_pixels(drawing), looked)
        lesson.footer(LAB, questions, passed, looked)
    else:
        st.caption("The question to predict is about your own picture: it comes as soon as there is one.")
    LAB.publish(state)


course()
