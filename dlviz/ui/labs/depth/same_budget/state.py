"""Fields of the Depth lab's state for the view Same budget, six depths: points, and how they are learned."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dlviz.plane.budget import DEPTHS, count_weights
from dlviz.plane.networks import ACTIVATIONS
from dlviz.ui import fields
from dlviz.ui.labs.depth.same_budget.own_points import read_link, write_link

OWN = "own"  # the pattern of points that the learner has placed
PATTERN_TITLES = {
    "spirals": "Spirals",
    "rings": "Rings",
    "checkerboard": "Checkerboard",
    "xor": "XOR",
    "moons": "Moons",
    OWN: "My own points",
}
ACTIVATION_TITLES = {"relu": "ReLU", "tanh": "tanh", "sigmoid": "sigmoid", "none": "none"}
LEAST_BUDGET, MOST_BUDGET = count_weights(1, 2), 5000  # weights
BUDGETS = (20, 100, 200, 300, 500, 700, 1000, 1500, 2000, 3000, 4000, MOST_BUDGET)
MOST_POINTS = 2000
POINTS = (10, 20, 50, 100, 200, 300, 500, 1000, MOST_POINTS)
MOST_NOISE = 50
MOST_STEPS = 20_000
LARGEST_SEED = 9999
RATES = (0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0)
DECAYS = (0.0, 0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03)
SEEDS = 3


def _one_of(options: Sequence[float], default: float) -> Any:
    def read(text: str) -> float:
        value = float(text)
        if value not in options:
            raise ValueError(text)
        return value

    return fields.coded(default, read, lambda value: f"{value:g}")


@dataclass(frozen=True)
class SameBudgetFields:
    """Points of the plane, and the networks that learn them.

    Args:
        pattern: a key of `PATTERN_TITLES`.
        noise: standard deviation, in hundredths.
        points: how many are drawn.
        own: points that the learner has placed, as text.
        budget: greatest number of weights and biases of each network.
        activation: a key of `ACTIVATIONS`.
        rate: learning rate of Adam.
        decay: of the weights (L2).
        seed: from which points are drawn; networks begin with it and the two numbers that follow it.
        steps: that the networks have learned.
        large_depth, large_seed: of the network that is drawn large.
    """

    pattern: str = fields.choice(PATTERN_TITLES, "spirals")
    noise: int = fields.integer(0, MOST_NOISE, 5)
    points: int = fields.integer(2, MOST_POINTS, 300)
    own: str = fields.coded("", read_link, write_link)
    budget: int = fields.integer(LEAST_BUDGET, MOST_BUDGET, 500)
    activation: str = fields.choice(ACTIVATIONS, "relu")
    rate: float = _one_of(RATES, 0.01)
    decay: float = _one_of(DECAYS, 0.0)
    seed: int = fields.integer(0, LARGEST_SEED, 0)
    steps: int = fields.integer(0, MOST_STEPS, 0)
    large_depth: int = fields.integer(DEPTHS[0], DEPTHS[-1], 3)
    large_seed: int = fields.integer(0, SEEDS - 1, 0)
