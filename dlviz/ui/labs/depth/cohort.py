"""The networks of all depths that a learner of the Depth lab trains, and the points they learn."""

import time
from dataclasses import dataclass, field

import numpy as np
import streamlit as st

from dlviz.plane.budget import DEPTHS, choose_width
from dlviz.plane.networks import Cohort, Shape
from dlviz.plane.points import Points, draw_points
from dlviz.ui.labs.depth.same_budget.own_points import read_points
from dlviz.ui.labs.depth.same_budget.state import LARGEST_SEED, OWN, SEEDS, SameBudgetFields
from dlviz.ui.labs.depth.state import LAB, State
from dlviz.ui.session_cache import compute_once, is_computed

HELD_OUT = 500  # points of a pattern on which networks are tested
FEWEST_DIVIDED, EVERY = 20, 5  # of so many own points or more, every fifth is held out
KEPT = 240  # losses of the curve
KEY = "depth.cohort"  # in the session's state


@dataclass(eq=False)
class Losses:
    """Losses of all networks over the steps, thinned out as they grow many.

    Args:
        steps: that had been taken before each.
        values: of each, (shapes, seeds) float32.
    """

    steps: list[int] = field(default_factory=list)
    values: list[np.ndarray] = field(default_factory=list)
    _stride: int = 1

    def add(self, step: int, values: np.ndarray) -> None:
        """Keep the losses (shapes, seeds) before a step, if it is their turn."""
        if step % self._stride:
            return
        self.steps.append(step)
        self.values.append(values)
        if len(self.steps) > KEPT:
            del self.steps[1::2], self.values[1::2]
            self._stride *= 2


@dataclass(frozen=True, eq=False)
class Learning:
    """Networks, what they learn, and how it has gone.

    Args:
        points: that are learned.
        held_out: of the same kind, on which they are tested; perhaps none.
    """

    points: Points
    held_out: Points
    cohort: Cohort
    losses: Losses = field(default_factory=Losses)

    def step(self) -> None:
        """Let all networks take a step."""
        step = self.cohort.steps
        self.losses.add(step, self.cohort.step(self.points).numpy())


def chosen_points(state: SameBudgetFields) -> Points:
    """Draw the points of the learner's choice, or read the own ones: there may be none."""
    return _divide(state)[0]


def held_out_points(state: SameBudgetFields) -> Points:
    """Draw points of the same kind from which no network learns: there may be none."""
    return _divide(state)[1]


def chosen_shapes(state: SameBudgetFields) -> list[Shape]:
    """Choose a width for each depth that the budget bears."""
    widths = {depth: choose_width(depth, state.budget) for depth in DEPTHS}
    return [Shape(depth, width) for depth, width in widths.items() if width is not None]


def chosen_cohort(state: SameBudgetFields) -> Cohort:
    """The learner's networks of all depths, as far as they have learned in this session."""
    return chosen_learning(state).cohort


def chosen_learning(state: SameBudgetFields) -> Learning:
    """The learner's networks, what they learn, and how it has gone so far in this session."""
    return compute_once(KEY, what_is_learned(state), lambda: start_learning(state))


def what_is_learned(state: SameBudgetFields) -> tuple[object, ...]:
    """All that decides what the networks learn, and how."""
    data = (state.own,) if state.pattern == OWN else (state.pattern, state.noise, state.points)
    return (data, state.budget, state.activation, state.rate, state.decay, state.seed)


def start_learning(state: SameBudgetFields) -> Learning:
    """Make networks that have learned nothing yet, and draw what they learn."""
    seeds = range(state.seed, state.seed + SEEDS)
    cohort = Cohort(chosen_shapes(state), seeds, state.activation, state.rate, state.decay)
    return Learning(*_divide(state), cohort)


def begin_again() -> None:
    """Forget what the networks have learned."""
    st.session_state.pop(KEY, None)


def follow_choices(state: State) -> State:
    """Begin again where the learner has chosen other points, or another way to learn, or opens fewer steps.

    Choices are compared, since a widget's callback is called for a page that has been left, too.
    """
    if LAB.just_opened():
        if chosen_cohort(state).steps > state.steps:
            begin_again()
    elif KEY in st.session_state and not is_computed(KEY, what_is_learned(state)):
        state = LAB.update(steps=0)
    return state


def learn(learning: Learning, end: int, seconds: float) -> None:
    """Take steps up to this number, as many as there is time for, but at least one."""
    until = time.monotonic() + seconds
    while learning.cohort.steps < end and len(learning.points.xy):
        learning.step()
        if time.monotonic() > until:
            return


def _divide(state: SameBudgetFields) -> tuple[Points, Points]:
    """Points to learn from, and those held out."""
    if state.pattern != OWN:
        drawn = [
            draw_points(state.pattern, count, state.noise / 100, seed)
            # No seed of a link's draws the points to test on.
            for count, seed in ((state.points, state.seed), (HELD_OUT, state.seed + LARGEST_SEED + 1))
        ]
        return drawn[0], drawn[1]
    own = read_points(state.own)
    held = np.arange(len(own.xy)) % EVERY == EVERY - 1
    if len(own.xy) < FEWEST_DIVIDED:
        held[:] = False
    return Points(own.xy[~held], own.labels[~held]), Points(own.xy[held], own.labels[held])
