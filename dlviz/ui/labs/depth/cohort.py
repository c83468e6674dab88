"""The networks of all depths that a learner of the Depth lab trains, and the points they learn."""

from dlviz.plane.budget import DEPTHS, choose_width
from dlviz.plane.networks import Cohort, Shape
from dlviz.plane.points import Points, draw_points
from dlviz.ui.labs.depth.same_budget.state import SameBudgetFields
from dlviz.ui.session_cache import compute_once

SEEDS = 3


def chosen_points(state: SameBudgetFields) -> Points:
    """Draw the points of the learner's choice."""
    return draw_points(state.pattern, state.points, state.noise / 100, state.seed)


def chosen_shapes(state: SameBudgetFields) -> list[Shape]:
    """Choose a width for each depth that the budget bears."""
    widths = {depth: choose_width(depth, state.budget) for depth in DEPTHS}
    return [Shape(depth, width) for depth, width in widths.items() if width is not None]


def chosen_cohort(state: SameBudgetFields) -> Cohort:
    """The learner's networks of all depths, as far as they have learned in this session."""
    seeds = range(state.seed, state.seed + SEEDS)
    shapes = chosen_shapes(state)
    return compute_once(
        "depth.cohort",
        (state.pattern, state.noise, state.points, state.budget, state.activation, state.seed),
        lambda: Cohort(shapes, seeds, state.activation),
    )
