"""Fields of the Depth lab's state for its first view: points, and how networks of all depths learn them."""

from dataclasses import dataclass

from dlviz.plane.networks import ACTIVATIONS
from dlviz.plane.points import PATTERNS
from dlviz.ui import fields

LEAST_BUDGET, MOST_BUDGET = 100, 5000  # weights
MOST_POINTS = 2000
MOST_STEPS = 20_000


@dataclass(frozen=True)
class SameBudgetFields:
    """Points of the plane, and the networks that learn them.

    Args:
        pattern: a key of `PATTERNS`.
        noise: standard deviation, in hundredths.
        points: how many are drawn.
        budget: greatest number of weights and biases of each network.
        activation: a key of `ACTIVATIONS`.
        seed: from which points are drawn; networks begin with it and the two numbers that follow it.
        steps: that the networks have learned.
    """

    pattern: str = fields.choice(PATTERNS, "spirals")
    noise: int = fields.integer(0, 50, 5)
    points: int = fields.integer(2, MOST_POINTS, 300)
    budget: int = fields.integer(LEAST_BUDGET, MOST_BUDGET, 500)
    activation: str = fields.choice(ACTIVATIONS, "relu")
    seed: int = fields.integer(0, 9999, 0)
    steps: int = fields.integer(0, MOST_STEPS, 0)
