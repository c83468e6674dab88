"""One of the networks of the Depth lab, taken from those that learn together, or trained alone."""

import time
from dataclasses import dataclass

import streamlit as st
import torch

from dlviz.plane.networks import Cohort, PlaneNetwork, Shape
from dlviz.plane.points import Points
from dlviz.ui.labs.depth.cohort import chosen_cohort, chosen_points, chosen_shapes, what_is_learned
from dlviz.ui.labs.depth.state import LAB, State
from dlviz.ui.labs.depth.turns import TURNS, learner
from dlviz.ui.session_cache import compute_once

STEPS = 1000  # that a network learns alone where those of all depths have learned nothing
SLICE = 0.15  # seconds of the processor's time in one run of the page


@dataclass(frozen=True, eq=False)
class OneNetwork:
    """A network as it has learned, before any change by hand.

    Args:
        seed: that its first weights were drawn from.
        steps: that it has learned, of `target`.
        points: that it learns; perhaps none.
    """

    network: PlaneNetwork
    shape: Shape
    seed: int
    steps: int
    target: int
    points: Points

    @property
    def has_learned(self) -> bool:
        """True if no more steps are to come."""
        return self.steps >= self.target or not len(self.points.xy)

    @property
    def has_diverged(self) -> bool:
        """True if a weight is no number any more."""
        return not all(bool(torch.isfinite(each).all()) for each in self.network.parameters())


def find_shape(state: State) -> Shape | None:
    """The shape of the chosen depth; None where the budget is too small for it."""
    return next((shape for shape in chosen_shapes(state) if shape.depth == state.large_depth), None)


def train_one(state: State) -> OneNetwork | None:
    """The chosen network as far as it has learned; trained a little further where it is trained alone.

    Returns None where the budget is too small for the depth.
    """
    shape = find_shape(state)
    if shape is None:
        return None
    points = chosen_points(state)
    seed = state.seed + state.large_seed
    together = chosen_cohort(state)
    if together.steps >= max(state.steps, 1):
        network = together.network(together.shapes.index(shape), state.large_seed)
        return OneNetwork(network, shape, seed, together.steps, together.steps, points)
    alone = compute_once(
        "depth.alone",
        (shape, seed, what_is_learned(state)),
        lambda: Cohort([shape], [seed], state.activation, state.rate, state.decay),
    )
    target = state.steps or STEPS
    if len(points.xy) and alone.steps < target:
        with TURNS.take_turn(learner()):
            stop = time.thread_time() + SLICE
            while alone.steps < target and time.thread_time() < stop:
                alone.step(points)
    return OneNetwork(alone.network(0, 0), shape, seed, alone.steps, target, points)


def drop_changes(state: State) -> State:
    """Undo a learner's changes where they were made in another network than the one that is chosen now."""
    known = f"{LAB}.changed"
    chosen = (state.large_depth, state.large_seed, what_is_learned(state))
    if st.session_state.get(known, chosen) != chosen and not LAB.just_opened():
        state = LAB.update(weights={}, off=[], unit=None)
    st.session_state[known] = chosen
    return state
