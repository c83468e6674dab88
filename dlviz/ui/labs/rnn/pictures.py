"""The timeline: readings drawn in the browser, where steps change without asking the server."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dlviz.ui.components import events, load_component
from dlviz.ui.components.wire_format import half, pack
from dlviz.ui.labs.rnn import captions
from dlviz.ui.labs.rnn.forward import Run, looked_back, said
from dlviz.ui.labs.rnn.state import LAB, TARGETS, UNITS, get, put

if TYPE_CHECKING:
    from dlviz.ui.labs.rnn.inputs import Sequence

KEY = f"{LAB}.timeline"
# Symbol, title, colour scale, the value of full colour (0: the largest), and the function of a gate.
STRIPS = {
    "reset_gate": ("r", "reset gate", "sequential", 1.0, "σ"),
    "update_gate": ("z", "update gate", "sequential", 1.0, "σ"),
    "input_gate": ("i", "input gate", "sequential", 1.0, "σ"),
    "forget_gate": ("f", "forget gate", "sequential", 1.0, "σ"),
    "candidate": ("g", "candidate", "diverging", 1.0, "tanh"),
    "output_gate": ("o", "output gate", "sequential", 1.0, "σ"),
    "cell": ("c", "cell state", "diverging", 0.0, ""),
    "hidden": ("h", "hidden state", "diverging", 1.0, "tanh"),
}

_component = load_component("timeline", "bar")


def take() -> None:
    """Put what the learner has done in the timeline since the last run into the lab's state."""
    match events.news(KEY, "step"):
        case [int(step), int()] if 0 <= step < 200:
            put("step", step)
    match events.news(KEY, "unit"):
        case [("lstm" | "rnn" | "gru") as name, int(unit), int()] if 0 <= unit < UNITS:
            put("unit" if name == "lstm" else "rnn_unit", unit)


def timeline(runs: list[Run], step: int) -> None:
    """Draw the readings. What the learner does there comes with the next run: a step, or a unit."""
    _component(key=KEY, data=message(runs, step), on_step_change=events.heard, on_unit_change=events.heard)


def message(runs: list[Run], step: int) -> bytes:
    """The bytes of the readings: strips in half precision, what is read off in single."""
    sequence = runs[0].sequence
    header = {
        "kind": sequence.kind,
        "steps": sequence.steps,
        "unknown": sorted(sequence.unknown),
        "step": step,
        "target": TARGETS[get("of")],
        "back": looked_back(runs[0].model, sequence),
        "classes": runs[0].network.classes,
        "alt": _input_alternative(sequence),
        "networks": [_network(run, step) for run in runs],
    }
    arrays = {} if sequence.shown is None else {"shown": sequence.shown.astype(np.float32)}
    for run in runs:
        arrays |= {f"{run.name}.{name}": values for name, values in _arrays(run, step).items()}
    return pack(header, arrays)


def _input_alternative(sequence: Sequence) -> str:
    if sequence.kind == "digit":
        return "The digit, 28 rows of 28 pixels, read from the top."
    return f"{len(sequence)} values, read from the left."


def _network(run: Run, step: int) -> dict[str, object]:
    """What the browser needs to know of a network."""
    kinds = list(run.reading.layers[run.layer])
    difference = get("shown") == "difference" and run.untouched is not None
    strips = [
        dict(zip(("symbol", "title", "scale", "limit"), STRIPS[kind], strict=False))
        | ({"scale": "diverging", "limit": 0} if difference else {})
        | {"name": kind}
        for kind in STRIPS
        if kind in kinds
    ]
    gates = run.terms.gates
    return {
        "name": run.name,
        "title": captions.TITLES[run.name] + captions.layer(run, ", "),
        "made": captions.made(run),
        "unit": run.unit,
        "strips": strips,
        "gates": [{"symbol": STRIPS[g.name][0], "f": STRIPS[g.name][4], "bias": g.bias} for g in gates],
        "alt": captions.alternative(run, step),
        "note": captions.forecasts(run),
    }


def _arrays(run: Run, step: int) -> dict[str, np.ndarray]:
    values = run.reading.layers[run.layer]
    if get("shown") == "difference" and run.untouched is not None:
        before = run.untouched.layers[run.layer]
        values = {name: array - before[name] for name, array in values.items()}
    terms = run.terms
    rows = [row for gate in terms.gates for row in (gate.from_input, gate.from_hidden, gate.value)]
    states = [terms.hidden] if terms.cell is None else [terms.hidden, terms.cell]
    arrays = {name: half(array) for name, array in values.items()}
    arrays |= {"answers": run.answers, "terms": np.stack(rows), "states": np.stack(states)}
    arrays["remembered"] = run.remembered(step)
    if run.untouched is not None:
        arrays["before"] = said(run.sequence.kind, run.untouched)
    return {name: a if a.dtype == np.float16 else a.astype(np.float32) for name, a in arrays.items()}
