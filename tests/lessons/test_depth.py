"""What the lesson of the lab Depth claims."""

from functools import cache

import numpy as np
import pytest
import torch

from dlviz.plane.budget import DEPTHS, choose_width, count_weights
from dlviz.plane.networks import make_network
from dlviz.ui.labs.depth.cohort import Learning, start_learning
from dlviz.ui.labs.depth.same_budget import captions
from dlviz.ui.labs.depth.same_budget.forward import ForwardPass, forward
from dlviz.ui.labs.depth.state import State

# Same budget, six depths


@cache
def learning(activation: str = "relu", budget: int = 500) -> Learning:
    """Networks that learn on from test to test."""
    return start_learning(State(activation=activation, budget=budget))


def passed(steps: int, activation: str = "relu", budget: int = 500) -> ForwardPass:
    networks = learning(activation, budget)
    assert networks.cohort.steps <= steps
    while networks.cohort.steps < steps:
        networks.step()
    return forward(networks, 0, 0)


def leader(now: ForwardPass) -> tuple[int | None, list[int]]:
    assert now.tested is not None
    return captions.find_leader(now.tested, 500)


def test_relu_is_within_luck() -> None:
    assert leader(passed(1000)) == (None, [])


def test_seeds_are_far_apart() -> None:
    tested = passed(1000).tested
    assert tested is not None
    assert np.ptp(tested[4]) > 0.1


def test_three_layers_are_quickest_with_tanh() -> None:
    for steps in (280, 300, 320):
        best, beaten = leader(passed(steps, "tanh"))
        assert best == 2
        assert {0, 5} <= {*beaten}


def test_the_lead_does_not_last() -> None:
    assert leader(passed(1000, "tanh")) == (None, [])


def test_six_layers_are_three_wide() -> None:
    assert choose_width(6, 100) == 3


def test_six_narrow_layers_learn_nothing() -> None:
    now = passed(200, budget=100)
    flat = np.ptp(now.small.reshape(6, 3, -1).astype(int), -1)
    assert (flat[5] <= captions.EVEN).all()
    assert (flat[0] > 100).all()


def test_the_budget_is_used_up() -> None:
    for budget in (100, 500, 5000):
        for depth in DEPTHS:
            width = choose_width(depth, budget)
            assert width is not None
            assert count_weights(depth, width) <= budget < count_weights(depth, width + 1)


@pytest.mark.parametrize("depth", DEPTHS)
def test_without_activation_it_is_a_line(depth: int) -> None:
    network = make_network(depth, 5, "none", depth)
    points = torch.randn(20, 2)
    with torch.no_grad():
        middle = network((points[:10] + points[10:]) / 2)
        torch.testing.assert_close(middle, (network(points[:10]) + network(points[10:])) / 2)


def test_equal_depths_seldom_seem_to_differ() -> None:
    generator = np.random.default_rng(1)
    found = [captions.find_leader(generator.uniform(0.5, 1, (6, 3)), 500)[0] for _ in range(200)]
    assert sum(leader is not None for leader in found) <= 0.05 * 200 + 3
