"""Questions on a run, answered from its own numbers, and the code behind it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from dlviz.training.analysis.history import History
from dlviz.ui.lesson import Question
from dlviz.ui.runs import sentences
from dlviz.ui.runs.live_run import LiveRun


def questions(run: LiveRun) -> list[Question]:
    """Questions that the run answers, as far as it has come."""
    history = run.history()
    asked = [_first_loss(run, history), _steps(run, history), _gap(history)]
    return [question for question in asked if question]


def shown_code() -> list[Callable | type]:
    """The code that trains a network."""
    from dlviz.training.augmentation import augment
    from dlviz.training.loop import train
    from dlviz.training.schedules import Schedule
    from dlviz.training.trainer_state import Learner

    return [train, Learner.learn, Learner.end_epoch, Schedule, augment]


def _first_loss(run: LiveRun, history: History) -> Question | None:
    """The first loss against that of a uniform guess."""
    classes = run.start.get("classes")
    if not len(history.batches["loss"]) or not isinstance(classes, list) or len(classes) < 2:
        return None
    guess, first = float(np.log(len(classes))), float(history.batches["loss"][0])
    options = sorted({round(value, 2) for value in (0.1, guess, 2 * guess, len(classes))})
    nearest = min(options, key=lambda value: abs(value - first))
    return Question(
        name="first",
        text=f"A fresh network guesses among {len(classes)} classes. Near what was this run’s first loss?",
        options=[f"{value:g}" for value in options],
        answer=f"{nearest:g}",
        hint="The cross-entropy of a guess is ln of the number of classes.",
        because=f"Its first batch cost {sentences.number(first)} nats, and ln {len(classes)} is {guess:.3g}.",
    )


def _steps(run: LiveRun, history: History) -> Question | None:
    """Steps of an epoch; of own data there may be fewer examples than the config allows."""
    samples = run.start.get("samples")
    if not history.steps_per_epoch or not isinstance(samples, int):
        return None
    config, right = run.config, history.steps_per_epoch
    options = sorted({right, config.batch_size, samples, right * config.epochs})
    return Question(
        name="steps",
        text=f"{samples:,} examples in batches of {config.batch_size}: how many steps make one epoch?",
        options=[f"{option:,}" for option in options],
        answer=f"{right:,}",
        hint="Every example once, so many at a time; what is left over makes a smaller batch.",
        because=f"So an epoch has {right:,} steps, and the whole run {right * config.epochs:,}.",
    )


def _gap(history: History) -> Question | None:
    """Training loss against validation loss."""
    held, known = history.epochs["loss"], history.epochs["known_loss"]
    if not len(held) or not np.isfinite(held[-1]):
        return None
    over_epoch, validation = float(history.epochs["train_loss"][-1]), float(held[-1])
    train = float(known[-1]) if np.isfinite(known[-1]) else over_epoch
    higher = "the validation loss" if validation > train else "the training loss"
    why = _explain_gap(train, over_epoch, validation)
    return Question(
        name="gap",
        text="In the newest epoch, which is higher: the training loss or the validation loss?",
        options=["the training loss", "the validation loss"],
        answer=higher,
        hint="Compare the hollow and the filled circles at the end of the loss curve.",
        because=f"Training {sentences.number(train)}, validation {sentences.number(validation)}. {why}",
    )


def _explain_gap(train: float, over_epoch: float, validation: float) -> str:
    """Explain the training loss beside the validation loss, and beside the mean over its epoch.

    Args:
        train: measured after the epoch; of older runs the mean over it.
    """
    why = "It does better on what it has learned from: overfitting begins so. " if validation > train else ""
    if over_epoch <= train:
        return why.strip()
    return (
        f"{why}While it was learning, the mean over this epoch was {sentences.number(over_epoch)}: the "
        "beginning of the epoch is in it, when the network was worse, and so is what disturbs learning, such "
        "as dropout or changed pictures. Measured after the epoch, neither is."
    )
