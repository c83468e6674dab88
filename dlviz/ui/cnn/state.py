"""What a learner has chosen in the CNN lab; all of it is in the page's address."""

import re
from collections.abc import Mapping

import streamlit as st

from dlviz.ui import address, digit
from dlviz.ui.selection import Selection
from dlviz.ui.training.state import RUN_FIELD

LAB = "cnn"
# Stages whose channels can be switched off, with how many there are.
CHANNELS = {f"conv_layers.{index}": (32, 64, 128)[index // 3] for index in range(9)} | {
    f"fc_layers.{index}": 256 for index in (1, 2, 3)
}
WEIGHTS = {"trained": "Trained", "random": "Random", "both": "Both", "run": "The run’s"}
NETWORKS = {"trained": "the trained network", "random": "the random one"}
SCALINGS = {"map": "Each map", "stage": "Each stage", "all": "All stages"}
SHOWN = {"values": "Values", "difference": "What changed"}
# Where Grad-CAM can look: after each round's ReLU, before pooling coarsens the maps.
CAM_STAGES = {
    "conv_layers.1": "ReLU 1",
    "conv_layers.4": "ReLU 2",
    "conv_layers.7": "ReLU 3",
}
PANELS = {
    "unit": "The multiplication",
    "why": "Why did it say that?",
    "kernels": "Kernels",
    "off": "Switch off",
    "dropout": "Dropout",
}


def read_off(text: str) -> dict[str, list[int]]:
    """Channels switched off, from a text such as `conv_layers.1:0-6,9;fc_layers.2:4`.

    Raises: ValueError for a stage or channel that the network does not have.
    """
    off: dict[str, list[int]] = {}
    for part in filter(None, text.split(";")):
        stage, _, ranges = part.partition(":")
        if stage not in CHANNELS or not re.fullmatch(r"\d{1,3}(-\d{1,3})?(,\d{1,3}(-\d{1,3})?)*", ranges):
            raise ValueError(text)
        channels: set[int] = set()
        for item in ranges.split(","):
            first, _, last = item.partition("-")
            channels.update(range(int(first), int(last or first) + 1))
        if not channels or max(channels) >= CHANNELS[stage]:
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
    "target": address.choice(["predicted", *map(str, range(10))], "predicted"),
    "stage": address.choice(list(CAM_STAGES), "conv_layers.7"),
    "training": address.flag(),
    "mask": address.integer(0, 9999, 0),
}


def get(name: str):
    """A field's value."""
    return st.session_state[f"{LAB}.{name}"]


def put(name: str, value: object) -> None:
    """Change a field's value (before the widget that shows it has been drawn)."""
    st.session_state[f"{LAB}.{name}"] = value
