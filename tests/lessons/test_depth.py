"""What the lesson of the lab Depth claims."""

import numpy as np

from dlviz.ui.labs.depth.forward import forward
from dlviz.ui.labs.depth.state import LARGEST, State

SEEDS = range(50)


def share_of_zeros(state: State) -> float:
    return float((forward(state).relu == 0).mean())


def test_about_half_become_zero() -> None:
    shares = [share_of_zeros(State(seed=seed)) for seed in SEEDS]
    assert abs(np.mean(shares) - 0.5) < 0.05


def test_more_numbers_come_closer_to_a_half() -> None:
    few, many = (
        np.mean([abs(share_of_zeros(State(side=side, seed=seed)) - 0.5) for seed in SEEDS])
        for side in (State().side, LARGEST)
    )
    assert many < few / 2


def test_negative_numbers_become_zero() -> None:
    passed = forward(State())
    assert not passed.relu[passed.values < 0].any()
    np.testing.assert_array_equal(passed.relu[passed.values >= 0], passed.values[passed.values >= 0])
