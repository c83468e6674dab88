"""Picture of the time machine: all checkpoints of a film at once, as the browser plays them."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

from dlviz.ui.components import events
from dlviz.ui.components.machine import machine
from dlviz.ui.labs.training.state import LAB, State
from dlviz.ui.labs.training.time_machine import captions
from dlviz.ui.labs.training.time_machine.film import Film
from dlviz.ui.labs.training.time_machine.state import KINDS, LATEST, NOTHING
from dlviz.ui.runs.live_run import LiveRun

MACHINE = f"{LAB}.machine"
PLACE = f"{MACHINE}.place"  # where the browser stands, and how often Python has put it elsewhere
MOVED = f"{MACHINE}.landed"  # field -> the run, where the learner wanted to stand, and where they were put
ITEMS = {"kernels": "kernel", "maps": "map", "attention": "head", "gates": "picture"}


def take_clicks(steps: list[int]) -> None:
    """Put the place where the learner has come to rest into the lab's state.

    Args:
        steps: of the run's checkpoints.
    """
    for report, field in (("step", "at"), ("beside", "beside")):
        match events.news(MACHINE, report):
            case [int(step), int()] if step in steps:
                state = LAB.update(**{field: step})
            case [-1, int()]:
                state = LAB.update(**{field: NOTHING})
            case _:
                continue
        st.session_state[PLACE] = (_place(state), _moves())


def move_to_nearest(run: LiveRun, steps: list[int], state: State) -> tuple[State, list[str]]:
    """Put a learner whose checkpoint is not there, or no more, at the nearest that is.

    Args:
        steps: of the checkpoints that are there.
    Returns: the state, and a sentence on each place of theirs that was put elsewhere and where they have
        stayed since.
    """
    moves = {
        field: move
        for field, move in st.session_state.get(MOVED, {}).items()
        if move[::2] == (run.run, getattr(state, field))
    }
    for field, none in (("at", LATEST), ("beside", NOTHING)):
        wanted = getattr(state, field)
        if wanted != none and wanted not in steps:
            there = steps[nearest(steps, wanted)]
            state = LAB.update(**{field: there})
            moves[field] = (run.run, wanted, there)
    st.session_state[MOVED] = moves
    return state, [captions.moved(wanted, there) for _, wanted, there in moves.values()]


def show_film(run: LiveRun, film: Film, state: State) -> None:
    """Draw the film; `take_clicks` takes what the learner does in it with the next run of the page."""
    if st.session_state.get(PLACE, (None, 0))[0] != _place(state):
        st.session_state[PLACE] = (_place(state), _moves() + 1)
    machine(MACHINE, *message(run, film, state, _moves()))


def _place(state: State) -> tuple[str, int, int]:
    return state.run, state.at, state.beside


def _moves() -> int:
    """The number of times that Python has put the browser elsewhere."""
    return st.session_state.get(PLACE, (None, 0))[1]


def message(
    run: LiveRun, film: Film, state: State, moves: int
) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Header and arrays of a film, as the machine draws them.

    Args:
        moves: a number that is new whenever the browser is to go where the state says.
    Returns: header; answers (checkpoints, classes) float32, values (checkpoints, count, height, width)
        float16.
    """
    steps, first = list(film.moments), next(iter(film.moments.values()))
    history = run.history()
    header = {
        "run": run.run,
        "link": moves,
        "checkpoints": [
            {"step": step, "said": captions.IMPORTED if run.imported else captions.checkpoint(history, step)}
            for step in steps
        ],
        "step": len(steps) - 1 if state.at == LATEST else nearest(steps, state.at),
        "beside": -1 if state.beside == NOTHING else nearest(steps, state.beside),
        "classes": film.classes,
        "names": first.names,
        "scales": first.scales,
        "each": state.what == "gates",
        "item": "unit" if first.values.shape[1:] == (1, 1) else ITEMS[state.what],
        "title": film.parts.get(film.part, KINDS[state.what]),
        "note": captions.note(state.what, film.part) if film.parts else "",
    }
    moments = film.moments.values()
    return header, {
        "answers": np.stack([each.answer for each in moments]).astype(np.float32),
        "values": np.stack([each.values for each in moments]),
    }


def nearest(steps: list[int], wanted: int) -> int:
    """Index of the step that is nearest to another."""
    return min(range(len(steps)), key=lambda at: abs(steps[at] - wanted))
