"""The wall of maps of one run."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import streamlit as st

from dlviz.receptive_field import receptive_field
from dlviz.ui.components.pad import Drawing
from dlviz.ui.components.unit.selection import arrived, heard
from dlviz.ui.components.unit.selection import chosen as clicked
from dlviz.ui.components.wall import Stage, message, stages, wall
from dlviz.ui.labs.cnn import answer
from dlviz.ui.labs.cnn.forward import Network, Run, chosen
from dlviz.ui.labs.cnn.state import LAB, get, put
from dlviz.ui.text_format.numbers import percent


def take_clicks() -> None:
    """Select what has been clicked since the last run, in a wall or in the panel below it."""
    walls = [(f"{LAB}.wall.{place}", whose) for place, whose in enumerate(chosen())]
    for key, whose in (*walls, (f"{LAB}.unit", "")):
        # The same unit of the other network is a choice too.
        if len(walls) == 2 and whose and clicked(key):
            put("of", whose)
        put("select", arrived(key, get("select")))


def wall_of(index: int, network: Network, run: Run | None, drawing: Drawing) -> None:
    """The whole network on the digit; its empty frame while nothing is drawn."""
    panels = stages(network.model)
    if len(chosen()) == 2:
        st.markdown(f"**{answer.made_by(network)}**")
    if not get("training"):
        # Outside training dropout passes everything on: its panel would be the one before it again.
        panels = tuple(panel for panel in panels if panel.layer != "Dropout")
    differences = bool(run and run.untouched and get("shown") == "difference")
    header = {
        "selected": vars(get("select")),
        "heard": heard(f"{LAB}.wall.{index}"),
        "scaling": get("scaling"),
        "off": run.off if run else {},
        "classes": network.classes,
        "digits": network.digits,
        "boxes": _boxes(run) if run else {},
        "probabilities": run.probabilities.tolist() if run else [0.0] * len(network.classes),
        "untouched": run.untouched.probabilities.tolist() if run and run.untouched else None,
        "empty": run is None,
        # The mark that the wall leaves when it has painted names the finished drawing it shows.
        "version": drawing.version if drawing.final else None,
        "alt": _alternative(panels, run),
    }
    record = {} if run is None else _difference(run) if differences else run.record
    wall(f"{LAB}.wall.{index}", message(panels, record, run and run.pixels, header, differences))


def _difference(run: Run) -> dict[str, np.ndarray]:
    """What the edits have changed: value now minus value untouched."""
    assert run.untouched
    return {name: array - run.untouched.record[name] for name, array in run.record.items()}


def _boxes(run: Run) -> Mapping[str, list[int]]:
    """What the selected unit can see of each stage before it, as top, bottom, left, right."""
    selected = get("select")
    if not selected.stage.startswith("conv_layers"):
        return {}
    values = run.record.get(selected.stage)
    if values is None or not selected.within(values.shape[1:]):
        return {}  # it is a unit of the other network
    seen = receptive_field(run.model, run.record, selected.stage, selected.row, selected.col)
    return {name: [*box.rows, *box.cols] for name, box in seen.items() if name != selected.stage}


def _alternative(panels: tuple[Stage, ...], run: Run | None) -> str:
    """The wall in words: what each stage holds now, and the answer."""
    if run is None:
        return "The network, waiting for a digit: " + ", ".join(f"{s.title} {s.shape}" for s in panels)
    maps = [
        f"{stage.title}: {stage.shape[0]} maps of {stage.shape[1]}×{stage.shape[2]}, "
        f"the strongest is map {run.record[stage.name][0].max(axis=(1, 2)).argmax()}"
        for stage in panels
        if stage.kind == "maps"
    ]
    said = f"{run.said} with {percent(run.probabilities.max())}"
    return f"{_whose(run.network)}. {'; '.join(maps)}. The network says {said}."


def _whose(network: Network) -> str:
    if network.of_run:
        return network.of_run
    return "Trained" if network.seed is None else f"Random weights, seed {network.seed}"
