"""What the lesson of the lab Loss landscape claims."""

from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import torch

from dlviz.landscape.surface import flatten_weights
from dlviz.landscape.two_weights import OPTIMIZERS
from dlviz.training.config import TrainingConfig
from dlviz.training.loop import EARLY
from dlviz.training.loss_surface import Network, Stem, Surface, SurfaceConfig, measure_surface, read_surface
from dlviz.training.runs import checkpoints
from dlviz.training.runs.store import Store
from dlviz.training.state import State as Checkpoint
from dlviz.training.tasks import prepare
from dlviz.training.trainer_state import Learner
from dlviz.ui.labs.landscape.neighbourhood.forward import (
    Plan,
    are_equal,
    find_higher,
    measure_rise,
    plan_pictures,
)
from dlviz.ui.labs.landscape.neighbourhood.networks import look_at
from dlviz.ui.labs.landscape.neighbourhood.state import ANOTHER_DRAW, RESCALED
from dlviz.ui.labs.landscape.run_plane.captions import find_gap
from dlviz.ui.labs.landscape.run_plane.runs import configure_set
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


@cache
def learned(config: TrainingConfig) -> dict[int, Checkpoint]:
    """Checkpoints of a run of the view at the steps where its worker keeps them, but for what it measures."""
    learner = Learner(config, prepare(config))
    kept = {0: learner.state()}
    while not learner.progress.ended:
        for rows in learner.order():
            learner.learn(rows)
            if learner.progress.step in EARLY and learner.progress.epoch == 1:
                kept[learner.progress.step] = learner.state()
        learner.end_epoch(0.0)
        kept[learner.progress.step] = learner.state()
    return kept


@cache
def plane_of(*configs: TrainingConfig) -> Surface:
    """The plane of runs, its loss measured at four places and at every checkpoint."""
    with TemporaryDirectory() as folder:
        store, networks = Store(Path(folder)), []
        for config in configs:
            run, kept = store.create(config.to_json(), "hash", ""), learned(config)
            (store.folder(run) / checkpoints.FOLDER).mkdir()
            for step, state in kept.items():
                state.save(checkpoints.path(store.folder(run), step))
            networks.append(Network(run, tuple(kept)))
        asked = SurfaceConfig("principal", tuple(networks), sides=(2,))
        surface = read_surface(asked, list(measure_surface(asked, store.root)))
    assert surface is not None
    return surface


def usual_set() -> tuple[TrainingConfig, ...]:
    return tuple(configure_set(USUAL).values())


def ends(surface: Surface) -> list[Stem]:
    """The last checkpoint of each run."""
    return [*{stem.network: stem for stem in surface.stems}.values()]


def name_of(network: int) -> str:
    return usual_set()[network].optimizer


def test_momentum_ends_furthest() -> None:
    moved = {}
    for config in usual_set():
        first, *_, last = (flatten_weights(state.model()) for state in learned(config).values())
        moved[config.optimizer] = float(torch.dist(first, last))
    # Among all weights as in the picture.
    seen = {name_of(stem.network): float(np.hypot(*stem.place)) for stem in ends(plane_of(*usual_set()))}
    assert max(moved, key=moved.__getitem__) == max(seen, key=seen.__getitem__) == "momentum"
    assert seen["momentum"] > 1.1 * max(seen["SGD"], seen["Adam"])


def test_momentum_ends_lowest() -> None:
    reached = {name_of(stem.network): stem.loss for stem in ends(plane_of(*usual_set()))}
    assert reached["momentum"] < 0.9 * min(reached["SGD"], reached["Adam"])


def test_no_stem_at_the_start() -> None:
    starts = [stem for stem in plane_of(*usual_set()).stems if stem.step == 0]
    assert len(starts) == 3
    assert all(find_gap(stem) < 1.0001 for stem in starts)
    assert max(find_gap(stem) for stem in plane_of(*usual_set()).stems) > 1.5


def test_no_stem_at_the_end() -> None:
    (last,) = ends(plane_of(usual_set()[1]))
    assert find_gap(last) < 1.0001


def test_one_run_fits_better() -> None:
    together, alone = plane_of(*usual_set()), plane_of(usual_set()[1])
    assert sum(alone.shares or ()) > sum(together.shares or ()) + 0.05
    longest = max(find_gap(stem) for stem in together.stems if name_of(stem.network) == "momentum")
    assert 1.2 < max(find_gap(stem) for stem in alone.stems) < longest


def final_accuracy(config: TrainingConfig) -> float:
    """Accuracy on examples that the run has learned from."""
    x, labels = prepare(config).training.batch(torch.arange(512))
    *_, last = learned(config).values()
    with torch.inference_mode():
        return float((last.model()(x).argmax(1) == labels).float().mean())


def test_the_large_rate_fails() -> None:
    slow, usual, large = configure_set(replace(USUAL, runs_set="rates")).values()
    assert final_accuracy(large) < 0.2 < 0.7 < min(final_accuracy(slow), final_accuracy(usual))


def test_batch_norm_lets_it_learn() -> None:
    *_, large = configure_set(replace(USUAL, runs_set="rates", runs_norm=True)).values()
    assert final_accuracy(large) > 0.95


NEAR = replace(USUAL, view="near")


def measured(config: SurfaceConfig) -> Surface:
    found = read_surface(config, list(measure_surface(config, Path("no runs are read"))))
    assert found is not None
    assert found.is_whole
    return found


def planned(state: State) -> tuple[Plan, Plan]:
    second = None if state.beside in (ANOTHER_DRAW, RESCALED) else look_at(state.beside)
    return plan_pictures(look_at(state.around), second, state)


def test_near_draws_differ() -> None:
    # The ends of the middle row of each picture.
    lines = replace(planned(NEAR)[0].lines, sides=(3,), draws=2)
    (left, _, right), (other_left, _, other_right) = measured(lines).losses
    assert right > 1.5 * left
    assert other_left > 1.5 * other_right


def test_near_rescaled() -> None:
    for plain in (False, True):
        state = replace(NEAR, beside=RESCALED, plain=plain)
        first, second = (measured(replace(plan.plane, sides=(5,))) for plan in planned(state))
        assert are_equal(first, second) is not plain
        assert plain == (np.abs(first.losses - second.losses).max() > 1)


def test_near_batch_norm_is_flatter() -> None:
    # A quarter of the examples, and of the distances 0.5 alone: all 512 take a minute, and say the same.
    plans = planned(replace(NEAR, around="cnn", beside="batch_norm"))
    rises = [
        measure_rise(plan.title, measured(replace(plan.lines, examples=128, reach=0.5, sides=(3,))))
        for plan in plans
    ]
    assert rises[0]
    assert rises[1]
    assert find_higher(rises[0], rises[1]) == [0]
