"""Claims of assets/lessons/training.md, each on a run with the lab's own settings, shortened."""

import math
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest
import torch

from dlviz.data import mnist
from dlviz.data.digits import normalise
from dlviz.training.analysis.history import history, smoothed
from dlviz.training.analysis.one_step import OneStep, Steps
from dlviz.training.config import TrainingConfig
from dlviz.training.loop import train
from dlviz.training.tasks import prepare
from dlviz.training.trainer_state import Learner
from dlviz.ui.labs.training.state import State
from dlviz.ui.labs.training.train.config_from_controls import config
from tests.runs import Script, events, losses, of_kind, small, states, timeless

OPENED = replace(config(State()), samples=3_200, epochs=1)  # 50 steps of the run that the lab opens with
TENFOLD = 30  # steps before the rate is raised


@cache
def opened(tenfold: bool = False) -> list[dict[str, Any]]:
    """Events of the run that the lab opens with; its rate may be raised tenfold on the way."""
    commands = Script({TENFOLD: [{"do": "scale", "factor": 10}]}) if tenfold else None
    return list(train(OPENED, commands))


def first_step(**changes: Any) -> OneStep:
    wanted = small(dropout=0.0, **changes)
    return Steps(Learner(wanted, prepare(wanted))).take()


def test_the_loss_falls() -> None:
    medians = smoothed(history(opened()).batches["loss"])
    assert medians[0] > 2 * medians[-1]


def test_some_stay_wrong() -> None:
    (epoch,) = of_kind(opened(), "epoch")
    assert 0 < len(epoch["wrong"]) <= 24
    assert epoch["accuracy"] > 0.8


def test_a_tenfold_rate_costs() -> None:
    calm, wild = (losses(opened(tenfold))[TENFOLD:] for tenfold in (False, True))
    assert losses(opened())[: TENFOLD - 1] == losses(opened(True))[: TENFOLD - 1]
    assert max(wild) > max(calm)
    assert np.mean(wild) > np.mean(calm)


def test_it_comes_to_read_the_digit() -> None:
    images, labels = mnist.digits("test")
    at = State().sample
    with torch.inference_mode():
        said = [int(state.model()(normalise(images[at : at + 1])).argmax()) for state in states(opened())]
    assert said[-1] == int(labels[at])


def test_a_guess_costs_2_3() -> None:
    guess, sure = torch.zeros(1, 10), torch.tensor([[100.0, *[0.0] * 9]])
    cost = torch.nn.functional.cross_entropy
    assert cost(guess, torch.tensor([3])).item() == pytest.approx(2.3, abs=0.01)
    assert cost(sure, torch.tensor([0])).item() == 0
    assert losses(opened())[0] == pytest.approx(math.log(10), abs=0.1)


def test_a_step_goes_against_the_gradient() -> None:
    step = first_step(optimizer="SGD", learning_rate=0.1)
    for name, gradient in step.gradients.items():
        np.testing.assert_allclose(step.after[name] - step.before[name], -0.1 * gradient, atol=1e-6)
    assert step.loss_after < step.loss


def test_an_epoch_sees_every_example_once() -> None:
    learner = Learner(OPENED, prepare(OPENED))
    assert sorted(torch.cat(learner.order()).tolist()) == list(range(OPENED.samples))


def test_one_wild_batch_leaves_no_trace() -> None:
    calm = np.array(losses(opened()))
    wild = calm.copy()
    wild[1] = 313.8
    # Beyond half a window it is gone, and even beside it the median is one of the other batches.
    np.testing.assert_array_equal(smoothed(wild)[12:], smoothed(calm)[12:])
    assert smoothed(wild).max() <= calm.max()


def test_too_small_a_rate_does_nothing() -> None:
    told = losses(events(small(learning_rate=1e-8, dropout=0.0, epochs=5)))
    assert np.mean(told[-3:]) == pytest.approx(np.mean(told[:3]), rel=1e-3)


def test_too_large_a_rate_is_no_number() -> None:
    assert events(small(learning_rate=1e30, dropout=0.0))[-1]["reason"] == "diverged"


def test_measured_it_is_lower() -> None:
    (epoch,) = of_kind(opened(), "epoch")
    assert epoch["known_loss"] < epoch["train_loss"]
    # Dropout alone does it too: at a rate that changes nothing, the epoch has no worse beginning.
    told = events(small(learning_rate=1e-12, dropout=0.5, epochs=1))
    assert of_kind(told, "epoch")[0]["known_loss"] < of_kind(told, "epoch")[0]["train_loss"]


def test_chance_is_the_most_frequent_answer() -> None:
    held = mnist.digits("train")[1][-5_000:]
    assert opened()[0]["chance"] == int(held.bincount().max()) / 5_000
    assert of_kind(opened(), "epoch")[0]["accuracy"] > opened()[0]["chance"]


def test_adams_first_steps_are_alike() -> None:
    adam, sgd = (first_step(optimizer=name, learning_rate=0.001) for name in ("Adam", "SGD"))
    name = "layers.1.weight"
    moving = np.abs(adam.gradients[name]) > 1e-5
    lengths = [np.abs(step.after[name] - step.before[name])[moving] for step in (adam, sgd)]
    np.testing.assert_allclose(lengths[0], 0.001, rtol=2e-2)
    assert lengths[1].max() > 100 * lengths[1].min()


def test_the_best_weights_come_back() -> None:
    told = events(small(learning_rate=0.02, epochs=50, patience=3, dropout=0))
    kept = {event["step"]: event["state"].weights for event in of_kind(told, "checkpoint")}
    assert told[-1]["reason"] == "early"
    best, end = kept[told[-1]["best_step"]], kept[told[-1]["step"]]
    assert all(torch.equal(best[name], end[name]) for name in best)


def test_clipping_shortens() -> None:
    long, short = first_step(), first_step(clip=0.1)
    norms = [
        math.sqrt(sum(float((each**2).sum()) for each in step.gradients.values())) for step in (long, short)
    ]
    assert norms[0] > 0.1
    assert norms[1] == pytest.approx(0.1, rel=1e-4)
    name = "layers.1.weight"
    np.testing.assert_allclose(short.gradients[name], long.gradients[name] * (0.1 / norms[0]), atol=1e-7)


def test_a_checkpoint_goes_on() -> None:
    whole = events(small())
    middle = states(whole)[2]
    rest = losses(list(train(small(), start=middle)))
    assert rest == losses(whole)[middle.progress.step :]


def test_a_seed_is_a_run() -> None:
    same = [losses(events(small(seed=seed))) for seed in (1, 1, 2)]
    assert same[0] == same[1] != same[2]
    assert timeless(events(TrainingConfig(**vars(small(seed=1))))) == timeless(events(small(seed=1)))
