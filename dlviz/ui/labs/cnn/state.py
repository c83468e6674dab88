"""What a learner has chosen in the CNN lab; all of it is in the page's address."""

import re
from collections.abc import Mapping

import streamlit as st

from dlviz.ui.components import address
from dlviz.ui.components.unit.selection import MOST_CLASSES, OUTPUT, Selection, possible
from dlviz.ui.inputs import digit
from dlviz.ui.runs.fields import RUN_FIELD

LAB = "cnn"
WEIGHTS = {
    "trained": "Trained",
    "random": "Random",
    "both": "Both",
    "run": "The run’s",
    "beside": "The run’s and the trained",
}
OF_RUN = ("run", "beside")  # of WEIGHTS, those that need a run
TWO = {"both": ("trained", "random"), "beside": ("run", "trained")}
NETWORKS = {"trained": "the trained network", "random": "the random one", "run": "the run’s network"}
SCALINGS = {"map": "Each map", "stage": "Each stage", "all": "All stages"}
SHOWN = {"values": "Values", "difference": "What changed"}
# Where the networks may have a ReLU, which Grad-CAM looks at: before pooling coarsens the maps.
RELUS = (1, 2, 4, 6, 7, 10)
# What a network that sees colours is shown: one of the pictures that its run is measured on, or another.
HELD = "held"
PHOTOGRAPHS = {
    "astronaut": "Astronaut",
    "chelsea": "Cat",
    "coffee": "Coffee",
    "coins": "Coins",
    "rocket": "Rocket",
    "own": "My own picture",
}
PANELS = {
    "unit": "The multiplication",
    "why": "Why did it say that?",
    "kernels": "Kernels",
    "off": "Switch off",
    "dropout": "Dropout",
}


def switchable() -> dict[str, int]:
    """The stages whose channels can be switched off, with how many there are at most in any network."""
    return {stage: max(shape[0] for shape in of) for stage, of in possible().items() if stage != OUTPUT}


def read_off(text: str) -> dict[str, list[int]]:
    """Channels switched off, from a text such as `conv_layers.1:0-6,9;fc_layers.2:4`.

    Raises: ValueError for a stage or channel that no network has.
    """
    off: dict[str, list[int]] = {}
    counts = switchable()
    for part in filter(None, text.split(";")):
        stage, _, ranges = part.partition(":")
        if stage not in counts or not re.fullmatch(r"\d{1,3}(-\d{1,3})?(,\d{1,3}(-\d{1,3})?)*", ranges):
            raise ValueError(text)
        channels: set[int] = set()
        for item in ranges.split(","):
            first, _, last = item.partition("-")
            channels.update(range(int(first), int(last or first) + 1))
        if not channels or max(channels) >= counts[stage]:
            raise ValueError(text)
        off[stage] = sorted(channels)
    return off


def write_off(off: Mapping[str, list[int]]) -> str:
    """The text that `read_off` reads, neighbouring channels joined to ranges."""
    return ";".join(f"{stage}:{_ranges(channels)}" for stage, channels in sorted(off.items()) if channels)


def _ranges(channels: list[int]) -> str:
    runs: list[list[int]] = []
    for channel in sorted(channels):
        if runs and channel == runs[-1][1] + 1:
            runs[-1][1] = channel
        else:
            runs.append([channel, channel])
    return ",".join(str(first) if first == last else f"{first}-{last}" for first, last in runs)


FIELDS: address.Fields = {
    **digit.fields(),
    "run": RUN_FIELD,
    "weights": address.choice(list(WEIGHTS), "trained"),
    "seed": address.integer(0, 9999, 0),
    "scaling": address.choice(list(SCALINGS), "stage"),
    "select": address.Field(
        Selection("conv_layers.3", 7, 6, 6), Selection.from_text, lambda selection: selection.to_text()
    ),
    "off": address.Field({}, read_off, write_off),
    "of": address.choice(list(NETWORKS), "trained"),
    "shown": address.choice(list(SHOWN), "values"),
    "panel": address.choice(list(PANELS), "unit"),
    "target": address.choice(["predicted", *map(str, range(MOST_CLASSES))], "predicted"),
    "stage": address.choice([f"conv_layers.{index}" for index in RELUS], "conv_layers.7"),
    "photo": address.choice([HELD, *PHOTOGRAPHS], HELD),
    "held": address.integer(0, 9999, 0),
    "training": address.flag(),
    "mask": address.integer(0, 9999, 0),
}


def get(name: str):
    """A field's value."""
    return st.session_state[f"{LAB}.{name}"]


def put(name: str, value: object) -> None:
    """Change a field's value (before the widget that shows it has been drawn)."""
    st.session_state[f"{LAB}.{name}"] = value
