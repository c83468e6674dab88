"""Schedules against PyTorch's own on a real optimizer, and what is said about them before a run."""

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch.optim import Optimizer, lr_scheduler

from dlviz.models import layout
from dlviz.training import optimizers
from dlviz.training.config import TrainingConfig
from dlviz.training.schedules import Schedule, curve, remark

STEPS, EPOCHS, RATE = 4, 6, 0.1
Make = Callable[[Optimizer], Any]
BY_EPOCH: dict[str, Make] = {
    "StepLR": lambda o: lr_scheduler.StepLR(o, 2, 0.5),
    "MultiStep": lambda o: lr_scheduler.MultiStepLR(o, [1, 4], 0.5),
    "exponential": lambda o: lr_scheduler.ExponentialLR(o, 0.5),
    "cosine": lambda o: lr_scheduler.CosineAnnealingLR(o, EPOCHS),
}
BY_BATCH: dict[str, Make] = {
    "one-cycle": lambda o: lr_scheduler.OneCycleLR(
        o, RATE, epochs=EPOCHS, steps_per_epoch=STEPS, cycle_momentum=False
    ),
    "warm-up": lambda o: lr_scheduler.LinearLR(o, 1 / 7, total_iters=7),
}


def config(**changes: Any) -> TrainingConfig:
    chosen = {"learning_rate": RATE, "epochs": EPOCHS, "step_size": 2, "milestones": (1, 4), "gamma": 0.5}
    return TrainingConfig(**{**chosen, "warm_up": 7, "lr_patience": 1, **changes})


def adam() -> Optimizer:
    return torch.optim.Adam([torch.zeros(3, requires_grad=True)], lr=RATE)


@pytest.mark.parametrize("name", [*BY_EPOCH, *BY_BATCH])
def test_the_curve_is_what_pytorchs_scheduler_does_to_a_real_optimizer(name: str) -> None:
    optimizer = adam()
    scheduler = {**BY_EPOCH, **BY_BATCH}[name](optimizer)
    expected = []
    for _ in range(EPOCHS):
        for _ in range(STEPS):
            expected.append(optimizer.param_groups[0]["lr"])
            optimizer.step()
            if name in BY_BATCH:
                scheduler.step()
        if name in BY_EPOCH:
            scheduler.step()
    assert curve(config(scheduler=name), STEPS) == expected
    assert len(set(expected)) > 1


def test_no_schedule_leaves_the_rate() -> None:
    assert curve(config(), STEPS) == [RATE] * (STEPS * EPOCHS)


def test_the_plateau_reads_the_validation_loss_as_pytorchs_does() -> None:
    losses = [1.0, 0.9, 0.95, 0.95, 0.5, 0.6, 0.6, 0.6]
    optimizer = adam()
    scheduler = lr_scheduler.ReduceLROnPlateau(optimizer, factor=0.5, patience=1)
    schedule = Schedule(config(scheduler="reduce-on-plateau"), STEPS)
    rates = []
    for loss in losses:
        scheduler.step(loss)
        schedule.after_epoch(loss)
        assert schedule.rate == optimizer.param_groups[0]["lr"]
        rates.append(schedule.rate)
    assert rates == [0.1, 0.1, 0.1, 0.05, 0.05, 0.05, 0.025, 0.025]


@pytest.mark.parametrize("name", [*BY_EPOCH, *BY_BATCH, "reduce-on-plateau"])
def test_a_schedule_catches_up(name: str) -> None:
    walked, caught = (Schedule(config(scheduler=name), STEPS) for _ in range(2))
    for loss in (1.0, 2.0, 3.0):
        for _ in range(STEPS):
            walked.after_batch()
        walked.after_epoch(loss)
    walked.after_batch()
    caught.catch_up(3 * STEPS + 1, [1.0, 2.0, 3.0])
    assert caught.rate == walked.rate


def test_a_schedule_that_changes_nothing_says_so() -> None:
    assert remark(config(scheduler="StepLR", step_size=10, epochs=5), 9) == (
        "Within 5 epochs this schedule changes nothing: the rate stays as it is."
    )
    assert remark(config(scheduler="cosine", epochs=1), 9).startswith(
        "Within one epoch this schedule changes"
    )
    assert "hardly has time" in remark(config(scheduler="reduce-on-plateau", epochs=3), 9)
    assert remark(config(scheduler="reduce-on-plateau", epochs=4), 9) == ""
    assert remark(config(scheduler="StepLR", step_size=4, epochs=5), 9) == ""
    assert remark(config(), 9) == ""


@pytest.mark.parametrize("samples", [1, 2])
def test_a_run_of_one_or_two_batches_has_a_one_cycle_too(samples: int) -> None:
    assert len(curve(config(scheduler="one-cycle", epochs=1), samples)) == samples


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("SGD", lambda p: torch.optim.SGD(p, lr=0.1, weight_decay=0.01)),
        ("momentum", lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.8, weight_decay=0.01)),
        ("Nesterov", lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.8, nesterov=True, weight_decay=0.01)),
        ("Adam", lambda p: torch.optim.Adam(p, lr=0.1, weight_decay=0.01)),
        ("AdamW", lambda p: torch.optim.AdamW(p, lr=0.1, weight_decay=0.01)),
        ("RMSprop", lambda p: torch.optim.RMSprop(p, lr=0.1, weight_decay=0.01)),
    ],
)
def test_optimizers_are_pytorchs_and_remember(name: str, expected: Callable[..., Optimizer]) -> None:
    chosen = config(optimizer=name, momentum=0.8, weight_decay=0.01)
    torch.manual_seed(0)
    ours, theirs, later = (torch.nn.Conv2d(2, 3, 2) for _ in range(3))
    # A fused step must not take one weight for another where their order in memory is not the usual one.
    layout.lay_out(ours)
    layout.lay_out(later)
    theirs.load_state_dict(ours.state_dict())
    x = torch.randn(4, 2, 5, 5)
    one, other, taken_up = optimizers.build(chosen, ours), expected(theirs.parameters()), None
    for step in range(4):
        for model, optimizer in ((ours, one), (theirs, other), (later, taken_up)):
            if optimizer:
                optimizer.zero_grad()
                model(x).square().sum().backward()
                optimizer.step()
        if step == 1:
            later.load_state_dict(ours.state_dict())
            taken_up = optimizers.build(chosen, later)
            optimizers.restore_state(taken_up, optimizers.copy_state(one))
    torch.testing.assert_close(ours.weight, theirs.weight)
    assert torch.equal(ours.weight, later.weight)
