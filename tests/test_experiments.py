"""Ready-made experiments: valid runs that differ in what the question asks about, and in nothing else."""

from dataclasses import asdict, replace

import numpy as np
import pytest

from dlviz.data import fashion
from dlviz.training.analysis.comparison import MEASURES, Group, alike, compare, differences, number
from dlviz.training.analysis.history import history, lines
from dlviz.training.config import TrainingConfig
from dlviz.training.experiments import EXPERIMENTS
from dlviz.training.loop import train

DIFFER = {
    "learning-rate": {"learning_rate"},
    "batch-norm": {"batch_norm"},
    "augmentation": {"augmentation.rotation", "augmentation.shift"},
    "optimizers": {"optimizer", "learning_rate", "weight_decay"},
    "schedules": {"scheduler", "step_size", "gamma", "warm_up"},
    "dropout": {"dropout"},
    "early-stopping": {"patience"},
    "flip-digits": {"augmentation.flip"},
    "flip-clothes": {"augmentation.flip"},
    "forget-bias": {"forget_bias"},
}


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_runs_differ_in_what_is_asked_alone(name: str) -> None:
    settings = {label: asdict(config) for label, config in EXPERIMENTS[name].runs()}
    assert len(settings) == len(EXPERIMENTS[name].runs()) >= 2
    assert differences(settings).keys() == DIFFER[name]
    assert EXPERIMENTS[name].measure in MEASURES
    assert EXPERIMENTS[name].question.endswith("?")


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_seeds_of_a_label_belong_together(name: str) -> None:
    runs = EXPERIMENTS[name].runs(seeds=3)
    labels = [label for label, _ in runs]
    groups = alike([asdict(config) for _, config in runs])
    assert [{labels[at] for at in group} for group in groups] == [
        {label} for label, _ in EXPERIMENTS[name].runs()
    ]
    assert [config.seed for _, config in runs[: len(groups)]] == [0] * len(groups)
    assert all([runs[at][1].seed for at in group] == [0, 1, 2] for group in groups)


@pytest.mark.parametrize("kind", ["sneaker", "ankle boot"])
def test_nearly_all_shoes_point_one_way(kind: str) -> None:
    images, labels = fashion.clothes("train")
    shoes = images[labels == fashion.CLASSES.index(kind)].double()
    usual = shoes.mean(0) - shoes.mean()
    likeness = [(shoes * mean).sum((1, 2)) for mean in (usual, usual.flip(1))]
    assert (likeness[0] > likeness[1]).double().mean() > 0.99


def test_a_real_run_becomes_curves_and_is_compared() -> None:
    config = TrainingConfig(model="MLP", samples=200, batch_size=50, epochs=2)
    told = list(train(config))
    run = history(told)
    batches = [event for event in told if event["kind"] == "batch"]
    drawn = {(line.panel, line.role): line for line in lines(run)}
    np.testing.assert_array_equal(drawn["loss", "raw"].y, [event["loss"] for event in batches])
    assert run.end("epoch") == 2
    assert [mark.kind for mark in run.marks] == ["best"]
    assert {panel for panel, _ in drawn} == {"loss", "accuracy", "rate", "norm", "speed"}
    low = number(drawn["loss", "validation"].y.min(), "loss")
    assert compare([Group("small", [run])]) == f"Lowest validation loss: small, {low} at epoch 2."


def test_a_real_run_that_breaks_keeps_its_curve() -> None:
    config = TrainingConfig(model="MLP", samples=200, batch_size=50, epochs=20, optimizer="SGD")
    run = history(train(replace(config, learning_rate=1e8)))
    assert run.reason == "diverged"
    assert run.marks[-1].label == "no longer a number"
    assert [line for line in lines(run) if line.role == "raw"]
    assert "was no longer a number after step" in compare([Group("wild", [run])])
