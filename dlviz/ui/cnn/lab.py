"""The CNN lab's course: a digit, the network's answer, the wall of maps, and one panel of detail."""

import streamlit as st

from dlviz.ui import address, digit, warm
from dlviz.ui.cnn import answer, panels, view
from dlviz.ui.cnn.run import Network, Run, network, run, weights_chosen, weights_shown
from dlviz.ui.cnn.state import FIELDS, LAB, SCALINGS, SHOWN, WEIGHTS, get
from dlviz.ui.pad import Drawing
from dlviz.weights import BadWeights


@st.fragment
def lab() -> None:
    """All that follows the digit; runs again with every stroke."""
    if address.restore(LAB, FIELDS):
        digit.forget(LAB)
    address.notice()
    view.take_clicks()
    left, right = st.columns([1, 3.4], gap="large")
    with left, st.container(key="paper"):
        drawing = digit.current(LAB)
    with right:
        place, controls = st.container(), st.container()
        with controls:
            _controls()
    try:
        with warm.waiting():
            networks = [network(weights, get("seed")) for weights in weights_chosen()]
    except BadWeights as problem:
        st.error(str(problem), icon=":material/scale:")
        return
    runs = _runs(networks, drawing)
    with place:
        answer.show(runs, drawing.placed)
    for index, one in enumerate(networks):
        view.wall_of(index, one.model, runs[index] if runs else None, drawing)
    if runs:
        looked_at = runs[-1] if weights_shown() == "random" else runs[0]
        panels.detail(looked_at)
        panels.around(looked_at)
    address.publish(LAB, FIELDS)


def _runs(networks: list[Network], drawing: Drawing) -> list[Run]:
    """The digit through each chosen network; empty while nothing is drawn."""
    if drawing.pixels is None:
        return []
    mask = get("mask") if get("training") else None
    settled = f"{LAB}.settled"
    if drawing.final or settled not in st.session_state:
        st.session_state[settled] = drawing.pixels
    return [run(one, drawing.pixels, get("off"), mask, st.session_state[settled]) for one in networks]


def _controls() -> None:
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        st.segmented_control(
            "Weights",
            [name for name in WEIGHTS if name != "run" or get("run") or get("weights") == "run"],
            format_func=WEIGHTS.__getitem__,
            required=True,
            key=f"{LAB}.weights",
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
        digit.others(LAB)
