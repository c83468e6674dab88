"""The film as the browser draws it: all checkpoints at once, as bytes."""

from __future__ import annotations

import numpy as np
import streamlit as st

from dlviz.training.analysis.history import History
from dlviz.ui.components import events, load_component
from dlviz.ui.components.wire_format import pack
from dlviz.ui.labs.training.state import LAB, get, put
from dlviz.ui.labs.training.time_machine.film import Film
from dlviz.ui.labs.training.time_machine.state import LATEST, NOTHING, WHAT
from dlviz.ui.runs.live_run import LiveRun
from dlviz.ui.text_format.numbers import percent

KEY = f"{LAB}.machine"
PLACE = f"{KEY}.place"  # where the browser stands, and how often Python has put it elsewhere
LANDED = f"{KEY}.landed"  # field -> the run, where the learner wanted to stand, and where they were put
ITEMS = {"kernels": "kernel", "maps": "map", "attention": "head", "gates": "picture"}
NOTES = {
    "kernels": "Blue weights are above 0, orange ones below; one colour scale for all checkpoints.",
    "maps": "The darker, the stronger; one colour scale for all checkpoints, so early maps may be pale.",
    "attention": "The darker, the more attention; rows ask, columns are looked at. First: the class token.",
    "gates": "Units from top to bottom, steps from left to right (at most 128 and 60); each picture has "
    "its own colour scale, the same for all checkpoints.",
}
CLASS_TOKEN = "A square is a patch of the picture: the darker, the more the class token takes from it."

_component = load_component("machine", "bar")


def draw(run: LiveRun, film: Film) -> None:
    """The film. What the learner does in it comes with the next run of the page, which `take`s it first."""
    _component(key=KEY, data=message(run, film), on_step_change=events.heard, on_beside_change=events.heard)


def stood() -> tuple[int, int]:
    """The steps where the learner stands."""
    return get("at"), get("beside")


def take(steps: list[int]) -> None:
    """Put where the learner has come to rest into the lab's state.

    Args:
        steps: of the run's checkpoints.
    """
    for name, field in (("step", "at"), ("beside", "beside")):
        match events.news(KEY, name):
            case [int(step), int()] if step in steps:
                put(field, step)
            case [-1, int()]:
                put(field, NOTHING)
            case _:
                continue
        st.session_state[PLACE] = (_now(), _links())


def land(run: LiveRun, steps: list[int]) -> list[str]:
    """Put a learner whose checkpoint is not there, or no more, at the nearest that is.

    Args:
        steps: of the checkpoints that are there.
    Returns: a sentence on each place of theirs that was put elsewhere and where they have stayed since.
    """
    told = st.session_state.get(LANDED, {})
    landed = {field: there for field, there in told.items() if there[::2] == (run.run, get(field))}
    for field, none in (("at", LATEST), ("beside", NOTHING)):
        wanted = get(field)
        if wanted != none and wanted not in steps:
            put(field, steps[nearest(steps, wanted)])
            landed[field] = (run.run, wanted, get(field))
    st.session_state[LANDED] = landed
    return [
        f"The checkpoint after step {wanted:,} is not kept: the nearest is that after step {now:,}."
        for _, wanted, now in landed.values()
    ]


def _now() -> tuple[str, int, int]:
    return get("run"), get("at"), get("beside")


def _links() -> int:
    return st.session_state.get(PLACE, (None, 0))[1]


def message(run: LiveRun, film: Film) -> bytes:
    """Answers (checkpoints, classes) as float32, values (checkpoints, count, height, width) as packed."""
    steps, what = list(film.moments), get("what")
    if st.session_state.get(PLACE, (None, 0))[0] != _now():
        st.session_state[PLACE] = (_now(), _links() + 1)
    any_moment = next(iter(film.moments.values()))
    history = run.history()
    header = {
        "run": run.run,
        "link": _links(),
        "checkpoints": [{"step": step, "said": said(run, history, step)} for step in steps],
        "step": len(steps) - 1 if get("at") == LATEST else nearest(steps, get("at")),
        "beside": -1 if get("beside") == NOTHING else nearest(steps, get("beside")),
        "classes": film.classes,
        "names": any_moment.names,
        "scales": any_moment.scales,
        "each": what == "gates",
        "item": "unit" if any_moment.values.shape[1:] == (1, 1) else ITEMS[what],
        "title": film.parts.get(film.part, WHAT[what]),
        "note": "" if not film.parts else CLASS_TOKEN if film.part == "class" else NOTES[what],
    }
    arrays = {
        "answers": np.stack([each.answer for each in film.moments.values()]).astype(np.float32),
        "values": np.stack([each.values for each in film.moments.values()]),
    }
    return pack(header, arrays)


def nearest(steps: list[int], wanted: int) -> int:
    """The place of the checkpoint nearest to a step."""
    return min(range(len(steps)), key=lambda place: abs(steps[place] - wanted))


def said(run: LiveRun, history: History, step: int) -> str:
    """A checkpoint in words: its step, its epoch, and how much the network had right then."""
    if run.imported:
        return "The weights of the file"
    if not step:
        return "Step 0: random weights, nothing learned"
    epoch = -(-step // max(history.steps_per_epoch, 1))
    told = f"Step {step:,}, epoch {epoch}"
    epochs = history.epochs
    if history.restored and step == history.step:
        best = int(np.nanargmin(epochs["loss"]))
        return (
            f"{told}; early stopping brought back the weights of epoch {int(epochs['epoch'][best])}, "
            f"validation accuracy {percent(float(epochs['accuracy'][best]))}"
        )
    for name, held in (("accuracy", "validation"), ("test_accuracy", "test")):
        found = epochs[name][(epochs["step"] == step) & np.isfinite(epochs[name])]
        if len(found):
            return f"{told}: {held} accuracy {percent(float(found[-1]))}"
    return f"{told}: not measured there"
