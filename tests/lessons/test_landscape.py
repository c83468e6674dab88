"""What the lesson of the lab Loss landscape claims."""

from functools import cache

import numpy as np

from dlviz.landscape.two_weights import OPTIMIZERS
from dlviz.ui.labs.landscape.state import State
from dlviz.ui.labs.landscape.two_weights.forward import (
    ForwardPass,
    choose_weights,
    measure,
    race,
)
from dlviz.ui.labs.landscape.two_weights.networks import load_trained
from dlviz.ui.labs.landscape.two_weights.state import STEPS

USUAL = State()


@cache
def passed(rate: str = USUAL.rate, start: tuple[int, int] = USUAL.start) -> ForwardPass:
    trained = load_trained(USUAL.network)
    surface = measure(trained, USUAL.layer, choose_weights(trained, USUAL), USUAL.reach)
    return race(surface, start, rate)


def climbs(optimizer: str) -> float:
    """How far the loss climbs above the lowest that was reached before."""
    losses = passed().walks[optimizer].losses
    return float((losses - np.minimum.accumulate(losses)).max())


def test_momentum_runs_furthest_past() -> None:
    assert max(OPTIMIZERS, key=climbs) == "Momentum"
    assert climbs("Momentum") > 1


def test_sgd_never_climbs() -> None:
    assert climbs("SGD") < 1e-4
    # RMSprop, too, stays below what a table with three digits shows.
    assert {name for name in OPTIMIZERS if climbs(name) < 1e-3} == {"SGD", "RMSprop"}


def test_sgd_and_momentum_end_higher() -> None:
    fast = passed(rate="1")
    start = fast.loss_of("SGD", 0)
    assert {name for name in OPTIMIZERS if fast.loss_of(name, STEPS) > start} == {"SGD", "Momentum"}


def test_rmsprop_is_lowest() -> None:
    fast = passed(rate="1")
    assert min(OPTIMIZERS, key=lambda name: fast.loss_of(name, STEPS)) == "RMSprop"


def test_all_come_down_into_one_valley() -> None:
    for start in ((2, 4), (30, 30), (2, 30), (30, 2)):
        raced = passed(start=start)
        for name, taken in raced.walks.items():
            assert raced.loss_of(name, STEPS) < raced.loss_of(name, 0) / 10
            assert np.abs(taken.values[-1] - raced.walks["SGD"].values[-1]).max() < 0.15
