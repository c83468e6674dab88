"""The network's picture, and what a learner does in it."""

from __future__ import annotations

from torch.nn.utils import parameters_to_vector

from dlviz.ui.components import events
from dlviz.ui.components.plane_network import PlaneNetworkPicture, plane_network, read_weight
from dlviz.ui.labs.depth.inside_one.forward import ForwardPass
from dlviz.ui.labs.depth.inside_one.state import MOST_CHANGES, STRONGEST
from dlviz.ui.labs.depth.one_network import OneNetwork
from dlviz.ui.labs.depth.same_budget.own_points import EDGE
from dlviz.ui.labs.depth.state import LAB, State

KEY = f"{LAB}.inside.network"
PLACES = 1000  # a point comes back in thousandths of the plane's reach


def take_reports(state: State, one: OneNetwork) -> State:
    """Take what the learner has done in the picture: chosen a unit or a point, changed or switched off."""
    units = one.shape.depth * one.shape.width
    count = sum(each.numel() for each in one.network.parameters())
    if (unit := events.numbers(KEY, "unit", 1)) and 0 <= unit[0] < units:
        state = LAB.update(unit=unit[0])
    if (switch := events.numbers(KEY, "switch", 1)) and 0 <= switch[0] < units:
        state = LAB.update(off=sorted({*state.off} ^ {switch[0]}))
    if (at := events.numbers(KEY, "place", 2)) and all(abs(each) <= PLACES for each in at):
        state = LAB.update(place=(at[0] / PLACES * EDGE, at[1] / PLACES * EDGE))
    if (weight := read_weight(KEY)) and 0 <= weight[0] < count:
        place, value = weight
        rest = {other: kept for other, kept in state.weights.items() if other != place}
        if value is not None and len(rest) < MOST_CHANGES:
            rest[place] = max(-STRONGEST, min(STRONGEST, round(value, 4)))
        state = LAB.update(weights=rest)
    return state


def show_network(one: OneNetwork, passed: ForwardPass, state: State) -> None:
    """Draw the network's units and its output."""
    learned = parameters_to_vector(one.network.parameters())
    at = passed.at_place
    picture = PlaneNetworkPicture(
        one.shape.depth,
        one.shape.width,
        state.activation,
        passed.parameters,
        {place: float(learned[place]) for place in state.weights if place < len(learned)},
        passed.sums,
        passed.fine,
        passed.logits,
        one.points.xy,
        one.points.labels,
        passed.unit,
        [unit for unit in state.off if unit < len(passed.sums)],
        state.place,
        (at.sums[0], at.made[0], float(at.logits[0])) if at else None,
        EDGE,
        STRONGEST,
    )
    plane_network(KEY, picture)
