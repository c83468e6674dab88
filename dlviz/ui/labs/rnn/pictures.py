"""Picture of the RNN lab: the networks' readings over time, and what an intervention has changed in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from dlviz.recurrence.notation import QUANTITIES
from dlviz.ui.components import events
from dlviz.ui.components.timeline import timeline
from dlviz.ui.components.wire_format import half
from dlviz.ui.labs.rnn import captions
from dlviz.ui.labs.rnn.forward import measure_effect, shown_step
from dlviz.ui.labs.rnn.state import LAB, LONGEST, ORDERS, TARGETS, UNITS
from dlviz.ui.text_format.markdown import plain
from dlviz.ui.verdict import show_sentence

if TYPE_CHECKING:
    from dlviz.ui.labs.rnn.forward import ForwardPass
    from dlviz.ui.labs.rnn.state import State

TIMELINE = f"{LAB}.timeline"


def take_clicks() -> None:
    """Put what the learner has done in the timeline since the last rerun into the lab's state."""
    match events.news(TIMELINE, "step"):
        case [int(step), int()] if 0 <= step < LONGEST:
            LAB.update(step=step)
    match events.news(TIMELINE, "unit"):
        case [("lstm" | "rnn" | "gru") as kind, int(unit), int()] if 0 <= unit < UNITS:
            LAB.update(**{"unit" if kind == "lstm" else "rnn_unit": unit})
    match events.news(TIMELINE, "order"):
        case [str(order), int()] if order in ORDERS:
            LAB.update(order=order)


def show_changes(passes: list[ForwardPass], state: State) -> None:
    """Say what the learner's intervention has changed, where there is one."""
    if state.what == "none":
        return
    for passed in passes:
        measured = captions.measured_effect(passed, measure_effect(passed, state))
        show_sentence(
            f"{LAB}.changed.{passed.kind}",
            st.markdown,
            plain(f"{captions.what_changed(passed, state)} {measured}".rstrip()),
        )


def show_timeline(passes: list[ForwardPass], state: State) -> None:
    """Draw the readings. What the learner does there comes with the next rerun: a step, a unit, an order."""
    timeline(TIMELINE, *message(passes, state))


def message(passes: list[ForwardPass], state: State) -> tuple[dict[str, object], dict[str, np.ndarray]]:
    """Header and arrays of the timeline: strips (steps, units) in half precision, the rest in single."""
    first, step = passes[0], shown_step(passes[0].sequence, state)
    sequence = first.sequence
    header = {
        "kind": sequence.kind,
        "steps": sequence.steps,
        "unknown": sorted(sequence.unknown),
        "step": step,
        "target": TARGETS[state.of],
        "orders": ORDERS,
        "order": state.order,
        "back": first.looked_back(state.of),
        "classes": first.network.classes,
        "alt": captions.input_alternative(first),
        "networks": [_header(passed, step, state) for passed in passes],
    }
    arrays = {} if sequence.shown is None else {"shown": sequence.shown.astype(np.float32)}
    for passed in passes:
        arrays |= {f"{passed.kind}.{name}": values for name, values in _arrays(passed, step, state).items()}
    return header, arrays


def _header(passed: ForwardPass, step: int, state: State) -> dict[str, object]:
    difference, shown = shows_difference(state), shown_values(passed, state)
    strips = [
        {
            "name": name,
            "symbol": quantity.symbol,
            "title": quantity.title,
            "scale": "diverging" if quantity.signed or difference else "sequential",
            # The value of full colour, which stands above the strip: a series moves most units only a little.
            "limit": float(np.abs(shown[name]).max()) if quantity.signed or difference else 1.0,
        }
        for name, quantity in QUANTITIES.items()
        if name in passed.values
    ]
    gates = [
        {"symbol": QUANTITIES[gate.name].symbol, "f": QUANTITIES[gate.name].activation, "bias": gate.bias}
        for gate in passed.terms.gates
    ]
    return {
        "name": passed.kind,
        "title": captions.title(passed),
        "made": captions.provenance(passed, state),
        "unit": passed.unit,
        "order": (passed.order if state.order == "active" else np.arange(len(passed.order))).tolist(),
        "strips": strips,
        "gates": gates,
        "alt": captions.text_alternative(passed, step, state),
        "note": captions.forecast_error(passed),
    }


def shows_difference(state: State) -> bool:
    """True if the strips show what an intervention has changed."""
    return state.shown == "difference" and state.what != "none"


def shown_values(passed: ForwardPass, state: State) -> dict[str, np.ndarray]:
    """Gates and states (steps, hidden), or what an intervention has changed in them: 0 where it has not."""
    if not shows_difference(state):
        return passed.values
    before = (passed.untouched or passed.reading).layers[passed.layer]
    return {name: array - before[name] for name, array in passed.values.items()}


def _arrays(passed: ForwardPass, step: int, state: State) -> dict[str, np.ndarray]:
    terms = passed.terms
    rows = [row for gate in terms.gates for row in (gate.from_input, gate.from_hidden, gate.value)]
    states = [terms.hidden] if terms.cell is None else [terms.hidden, terms.cell]
    exact = {
        "answers": passed.answers,
        "terms": np.stack(rows),
        "states": np.stack(states),
        "remembered": passed.remembered(step, state.of),
    }
    if passed.answers_before is not None:
        exact["before"] = passed.answers_before
    strips = {name: half(array) for name, array in shown_values(passed, state).items()}
    return {**strips, **{name: array.astype(np.float32) for name, array in exact.items()}}
