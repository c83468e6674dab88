"""One of the networks of the Depth lab, taken from those that learn together, or trained alone."""

import time
from dataclasses import dataclass

from dlviz.plane.networks import Cohort, PlaneNetwork, Shape
from dlviz.plane.points import Points
from dlviz.ui.labs.depth.cohort import chosen_cohort, chosen_points, chosen_shapes
from dlviz.ui.labs.depth.state import State
from dlviz.ui.session_cache import compute_once

STEPS = 1000  # that a network learns alone where those of all depths have learned nothing
SLICE = 0.25  # seconds of training in one run of the page


@dataclass(frozen=True, eq=False)
class OneNetwork:
    """A network as it has learned, before any edit.

    Args:
        steps: that it has learned, of `target`.
        points: that it learns.
        seed: that its first weights were drawn from.
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
        return self.steps >= self.target


def find_shape(state: State) -> Shape | None:
    """The shape of the chosen depth; None where the budget is too small for it."""
    return next((shape for shape in chosen_shapes(state) if shape.depth == state.one_depth), None)


def train_one(state: State) -> OneNetwork | None:
    """The chosen network as far as it has learned; trained a little further where it is trained alone.

    Returns None where the budget is too small for the depth.
    """
    shape = find_shape(state)
    if shape is None:
        return None
    points = chosen_points(state)
    seed = state.seed + state.one_network
    together = chosen_cohort(state)
    if together.steps:
        network = together.network(together.shapes.index(shape), state.one_network)
        return OneNetwork(network, shape, seed, together.steps, together.steps, points)
    choices = (state.pattern, state.noise, state.points, state.budget, state.activation, state.seed)
    alone = compute_once(
        "depth.alone", (shape, seed, *choices), lambda: Cohort([shape], [seed], state.activation)
    )
    target = state.steps or STEPS
    stop = time.thread_time() + SLICE
    while alone.steps < target and time.thread_time() < stop:
        alone.step(points)
    return OneNetwork(alone.network(0, 0), shape, seed, alone.steps, target, points)
