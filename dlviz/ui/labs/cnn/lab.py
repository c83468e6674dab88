"""The CNN lab's course: a digit, the network's answer, the wall of maps, and one panel of detail."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dlviz.ui.components import address
from dlviz.ui.components.pad import Drawing
from dlviz.ui.inputs import digit
from dlviz.ui.labs.cnn import answer, clamp_choices, panels, photo, pictures, runs
from dlviz.ui.labs.cnn.forward import Network, Run, network, place_shown, run, weights_chosen
from dlviz.ui.labs.cnn.state import FIELDS, LAB, OF_RUN, SCALINGS, SHOWN, WEIGHTS, get, put
from dlviz.ui.server import model_cache
from dlviz.weights import BadWeights


@st.fragment
def lab() -> None:
    """All that follows the digit; runs again with every stroke."""
    if address.restore(LAB, FIELDS):
        digit.forget(LAB)
    address.notice()
    in_colour = get("weights") in OF_RUN and runs.in_colour(get("run"))
    if in_colour and get("weights") == "beside":
        put("weights", "run")  # the trained network cannot read what this one reads
    pictures.take_clicks()
    left, right = st.columns([1, 3.4], gap="large")
    with left, st.container(key="paper"):
        drawing = photo.current(get("run")) if in_colour else digit.current(LAB)
    with right:
        place, controls = st.container(), st.container()
    runs_now: list[Run] = []
    try:
        with model_cache.waiting():
            networks = [network(weights, get("seed")) for weights in weights_chosen()]
        runs_now = _pictures(networks, drawing, place)
    except BadWeights as problem:
        st.error(str(problem), icon=":material/scale:")
    with controls:
        _controls(in_colour)
    if runs_now:
        panels.detail(runs_now[place_shown()])
        panels.around(runs_now[place_shown()])
    address.publish(LAB, FIELDS)


def _pictures(networks: list[Network], drawing: Drawing, place: DeltaGenerator) -> list[Run]:
    """The passes that are shown: their walls, then the answer in its place above the controls.

    The walls are sent before all else, for they are what a stroke waits for.
    """
    shown = networks[place_shown()]
    clamp_choices.fit(shown.model, len(shown.classes))
    runs_now = _runs(networks, drawing)
    for index, one in enumerate(networks):
        pictures.wall_of(index, one, runs_now[index] if runs_now else None, drawing)
    with place:
        answer.show(runs_now, drawing.placed)
    return runs_now


def _runs(networks: list[Network], drawing: Drawing) -> list[Run]:
    """The digit through each chosen network; empty while nothing is drawn."""
    if drawing.pixels is None:
        return []
    mask = get("mask") if get("training") else None
    settled = f"{LAB}.settled"
    if drawing.final or settled not in st.session_state:
        st.session_state[settled] = drawing.pixels
    return [run(one, drawing.pixels, get("off"), mask, st.session_state[settled]) for one in networks]


def _weights(in_colour: bool) -> list[str]:
    """The networks to choose from."""
    known = get("run") or get("weights") in OF_RUN
    return [
        name for name in WEIGHTS if name not in OF_RUN or (known and not (in_colour and name == "beside"))
    ]


def _controls(in_colour: bool) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        st.segmented_control(
            "Weights",
            _weights(in_colour),
            format_func=WEIGHTS.__getitem__,
            required=True,
            key=f"{LAB}.weights",
            on_change=_turn_to_the_run,
            wrap=True,
            help="What training has made of the network, against the random numbers it began with.",
        )
        if get("weights") in ("random", "both"):
            st.number_input("Seed", 0, 9999, key=f"{LAB}.seed", width=110)
        st.segmented_control(
            "Colours scaled over",
            list(SCALINGS),
            format_func=SCALINGS.__getitem__,
            required=True,
            key=f"{LAB}.scaling",
            help="Each map to its own largest value shows patterns; a shared scale shows strength.",
        )
        if get("off"):
            st.segmented_control(
                "Maps show",
                list(SHOWN),
                format_func=SHOWN.__getitem__,
                required=True,
                key=f"{LAB}.shown",
                help="What changed: the value now minus the value before you switched anything off.",
            )
        if not in_colour:
            digit.others(LAB)


def _turn_to_the_run() -> None:
    """Of two networks the panels speak first of the run's."""
    put("of", "run" if get("weights") == "beside" else "trained")
