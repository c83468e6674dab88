"""The part of the view that is drawn again while networks learn."""

from __future__ import annotations

import time

import numpy as np
import streamlit as st

from dlviz.plane.budget import count_weights
from dlviz.ui.components import events
from dlviz.ui.components.cohort import Picture, cohort
from dlviz.ui.labs.depth.cohort import Learning, begin_again, chosen_learning, learn
from dlviz.ui.labs.depth.same_budget import captions, questions
from dlviz.ui.labs.depth.same_budget.forward import ForwardPass, forward
from dlviz.ui.labs.depth.same_budget.own_points import EDGE, read_points
from dlviz.ui.labs.depth.same_budget.state import MOST_STEPS, OWN, SEEDS
from dlviz.ui.labs.depth.state import LAB, State
from dlviz.ui.labs.depth.turns import TURNS, learner, pause_after, slice_length
from dlviz.ui.prediction import ask_before_result, predicted
from dlviz.ui.verdict import show_sentence, show_verdict

PLACE = "budget"  # of the question
KEY = f"{LAB}.plane"
# What the browser asks for: as many steps as there is time for, one, none (the learner rests), or the first.
MANY, ONE, REST, AGAIN = -1, 1, 0, -2


@st.fragment
def show_learning() -> None:
    """Take the steps that the browser asks for, and draw all networks."""
    state = LAB.read()
    if _take_choices(state):
        st.rerun()
    learning = chosen_learning(state)
    asked = events.numbers(KEY, "tick", 1)
    if asked == [AGAIN]:
        begin_again()
        LAB.update(steps=0)
        st.rerun()
    if asked == [REST] and len(learning.points.xy):
        LAB.update(steps=learning.cohort.steps)
        st.rerun()  # the address says where they stand
    began = time.monotonic()
    is_behind = learning.cohort.steps < state.steps  # of where a link stands
    with TURNS.take_turn(learner()) as players:
        if asked in ([MANY], [ONE]):
            here = learning.cohort.steps
            goal = state.steps if is_behind else MOST_STEPS  # so that a link opens what was shared
            learn(learning, min(goal, here + 1) if asked == [ONE] else goal, slice_length(players))
        shown = _places(learning, state)
        passed = forward(learning, *shown)
    if passed.steps > state.steps:
        state = LAB.update(steps=passed.steps)
    _ask_first(passed, learning, rests=asked != [MANY])
    show_verdict(LAB, captions.verdict(passed, learning))
    cohort(
        KEY,
        Picture(
            columns=[
                {"depth": each.depth, "width": each.width, "weights": count_weights(each.depth, each.width)}
                for each in passed.shapes
            ],
            shown=shown,
            steps=passed.steps,
            goal=state.steps,
            most=MOST_STEPS,
            playing=asked == [MANY] and not is_behind,
            pause=max(0.0, 1000 * (pause_after(players) - (time.monotonic() - began))),
            edge=EDGE,
            own=state.own if state.pattern == OWN else None,
            small=passed.small,
            large=passed.large,
            xy=np.concatenate([learning.points.xy, learning.held_out.xy]),
            labels=np.concatenate([learning.points.labels, learning.held_out.labels]),
            held=len(learning.held_out.xy),
            losses=passed.losses,
            loss_steps=passed.loss_steps,
            tested=passed.tested,
        ),
    )
    for place, sentence in enumerate(captions.astray(passed, learning, state)):
        show_sentence(f"{LAB}.astray.{place}", st.warning, sentence, icon=":material/warning:")


def _ask_first(passed: ForwardPass, learning: Learning, rests: bool) -> None:
    """Ask which depth is best; what is answered before the networks have come so far says nothing."""
    tested = passed.tested if passed.steps >= captions.SETTLED else None
    asked = questions.main_question(passed.shapes, tested, len(learning.held_out.xy), rests)
    if asked and (tested is not None or not passed.steps or predicted(LAB, PLACE)):
        waiting = f"Your prediction is kept. Press Play: after {captions.SETTLED} steps it is compared."
        ask_before_result(LAB, asked, PLACE, waiting)


def _take_choices(state: State) -> bool:
    """Take what the learner has chosen or placed in the picture; true if there was something."""
    changed = False
    shown = events.numbers(KEY, "shown", 2)
    shapes = chosen_learning(state).cohort.shapes
    if shown and 0 <= shown[0] < len(shapes) and 0 <= shown[1] < SEEDS:
        LAB.update(large_depth=shapes[shown[0]].depth, large_seed=shown[1])
        changed = True
    own = events.news(KEY, "own", _is_own)
    if isinstance(own, list) and state.pattern == OWN:
        LAB.update(own=own[0], steps=0)
        changed = True
    return changed


def _is_own(report: object) -> bool:
    match report:
        case [str(text), int()]:
            try:
                read_points(text)
            except ValueError:
                return False
            return True
    return False


def _places(learning: Learning, state: State) -> tuple[int, int]:
    """Places of the network that is drawn large; the deepest where the budget does not bear its depth."""
    depths = [shape.depth for shape in learning.cohort.shapes]
    return depths.index(min(state.large_depth, depths[-1])), state.large_seed
