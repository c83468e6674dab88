"""A question about the unit that is looked into, the code behind the picture, and a script."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from dlviz.plane.inside import change_weights, count_units, switch_off, trace_units
from dlviz.plane.networks import PlaneNetwork
from dlviz.plane.points import Points
from dlviz.questions import Choice
from dlviz.scripts.plane import plane_network_script
from dlviz.ui.labs.depth.inside_one.state import InsideOneFields
from dlviz.ui.labs.depth.regions.forward import SIDE
from dlviz.ui.labs.depth.same_budget.own_points import EDGE
from dlviz.ui.text_format.numbers import counted

SCRIPT = "dlviz_plane_network.py"
MANY = 0.1  # of the points
CHANGES = {
    "better": "None: more will be right",
    "same": "None: just as many",
    "few": "Up to a tenth of all points",
    "many": "More than a tenth of all points",
}


def main_question(network: PlaneNetwork, points: Points, unit: int, state: InsideOneFields) -> Choice | None:
    """Ask how many points the unit that is looked into is worth; None without points, or if it is off.

    Args:
        unit: counted through all hidden layers from 0.
    """
    count = len(points.labels)
    if not count or unit in state.off:
        return None
    width = count_units(network)
    with_it, without = (
        int(((trace_units(network, points.xy, off).logits > 0) == (points.labels == 1)).sum())
        for off in ({*state.off}, {*state.off, unit})
    )
    lost = with_it - without
    change = "better" if lost < 0 else "same" if lost == 0 else "few" if lost <= MANY * count else "many"
    name = f"unit {unit % width + 1} of layer {unit // width + 1}"
    return Choice(
        name="off",
        text=(
            f"{with_it:,} of {counted(count, 'point')} are right. How many fewer will be right once {name} "
            "is switched off?"
        ),
        options=list(CHANGES.values()),
        answer=CHANGES[change],
        hints=[
            "Where is its picture blue, and are there points? Which units read it, with which weights?",
            "Imagine its picture white all over: which points would then get the other class?",
        ],
        why="Which units read it, and what do they still know without it?",
        because=f"With it {with_it:,} of {counted(count, 'point')} are right, without it {without:,}.",
        shows={"off": [*state.off, unit]},
    )


def shown_code() -> list[Callable | type]:
    """The network, and how its units are computed, changed and switched off."""
    return [PlaneNetwork, trace_units, change_weights, switch_off]


def script(network: PlaneNetwork, state: InsideOneFields, activation: str) -> str:
    """Write a script that prints the chosen point's way, or that of the middle, and counts regions.

    Args:
        network: with the learner's changed weights.
    """
    silent = switch_off(network, state.off)
    return plane_network_script(silent, activation, state.place or (0.0, 0.0), float(np.float32(EDGE)), SIDE)
