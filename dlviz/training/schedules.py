"""Learning-rate schedules: PyTorch's own, and their curve before a run begins."""

from typing import Protocol

import torch
from torch.optim import lr_scheduler

from dlviz.training.config import TrainingConfig

# These change the rate after every batch; the others after every epoch.
BY_BATCH = ("one-cycle", "warm-up")


class _Scheduler(Protocol):
    def step(self) -> None: ...


class Schedule:
    """Learning rate that the config plans, before the learner's changes.

    Args:
        config: of the run.
        steps: batches an epoch.
    """

    def __init__(self, config: TrainingConfig, steps: int) -> None:
        # PyTorch's schedulers want an optimizer. This one only holds the rate, so that a learner's change
        # of the run's own neither disturbs the schedule nor is undone by it.
        holder = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=config.learning_rate)
        self._group = holder.param_groups[0]
        self._plateau = (
            lr_scheduler.ReduceLROnPlateau(holder, factor=config.gamma, patience=config.lr_patience)
            if config.scheduler == "reduce-on-plateau"
            else None
        )
        self._scheduler = _scheduler(config, holder, steps)
        self._by_batch = config.scheduler in BY_BATCH
        # Schedulers warn if the optimizer has not made a step before their own.
        holder.step()

    @property
    def rate(self) -> float:
        """Learning rate of the next batch."""
        return float(self._group["lr"])

    def after_batch(self) -> None:
        """Step on after a batch."""
        if self._by_batch and self._scheduler:
            self._scheduler.step()

    def after_epoch(self, loss: float | None) -> None:
        """Step on after an epoch, with its validation loss if there is a validation set."""
        if self._plateau and loss is not None:
            self._plateau.step(loss)
        elif self._scheduler and not self._by_batch:
            self._scheduler.step()

    def catch_up(self, steps: int, losses: list[float | None]) -> None:
        """Step on by so many batches, and by epochs with these validation losses."""
        for _ in range(steps):
            self.after_batch()
        for loss in losses:
            self.after_epoch(loss)


def _scheduler(
    config: TrainingConfig, optimizer: torch.optim.Optimizer, steps: int
) -> lr_scheduler.LRScheduler | None:
    match config.scheduler:
        case "StepLR":
            return lr_scheduler.StepLR(optimizer, config.step_size, config.gamma)
        case "MultiStep":
            return lr_scheduler.MultiStepLR(optimizer, list(config.milestones), config.gamma)
        case "exponential":
            return lr_scheduler.ExponentialLR(optimizer, config.gamma)
        case "cosine":
            return lr_scheduler.CosineAnnealingLR(optimizer, config.epochs)
        case "one-cycle":
            return lr_scheduler.OneCycleLR(
                optimizer,
                config.learning_rate,
                total_steps=config.epochs * steps,
                cycle_momentum=False,
            )
        case "warm-up":
            return lr_scheduler.LinearLR(optimizer, 1 / config.warm_up, total_iters=config.warm_up)
    return None


def curve(config: TrainingConfig, steps: int) -> list[float]:
    """Planned learning rate of every batch of a run; a plateau's depends on the losses, and is drawn flat.

    Args:
        steps: batches an epoch.
    """
    schedule = Schedule(config, steps)
    rates: list[float] = []
    for _ in range(config.epochs):
        for _ in range(steps):
            rates.append(schedule.rate)
            schedule.after_batch()
        schedule.after_epoch(None)
    return rates


def remark(config: TrainingConfig, steps: int) -> str:
    """Warn in a sentence where the schedule changes nothing within this run; else an empty text."""
    if config.scheduler == "none":
        return ""
    if config.scheduler == "reduce-on-plateau":
        if config.epochs > config.lr_patience + 2:
            return ""
        return f"Within {config.epochs} epochs this schedule hardly has time to see a plateau."
    if len(set(curve(config, steps))) > 1:
        return ""
    epochs = "one epoch" if config.epochs == 1 else f"{config.epochs} epochs"
    return f"Within {epochs} this schedule changes nothing: the rate stays as it is."
