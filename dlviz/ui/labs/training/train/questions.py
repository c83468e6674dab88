"""Questions on a run, answered from its own numbers, and the code behind it."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np

from dlviz.data import memory
from dlviz.questions import Axis, Choice, Curve, Drawing
from dlviz.training.analysis.history import History
from dlviz.training.config import TrainingConfig
from dlviz.training.options import CLASS_COUNTS
from dlviz.ui.runs import sentences
from dlviz.ui.runs.live_run import LiveRun
from dlviz.ui.text_format.numbers import counted

# Task -> the classes that are told apart, where they are known before the run.
CLASSES = {**CLASS_COUNTS, "sentiment": 2, "memory": len(memory.SYMBOLS)}
MOST_EPOCHS = 60  # at which the curve is drawn


def questions(run: LiveRun) -> list[Choice]:
    """Questions that the run answers, as far as it has come."""
    history = run.history()
    asked = [_first_loss(run, history), _steps(run, history), _gap(history)]
    return [question for question in asked if question]


def main_question(config: TrainingConfig, history: History | None = None) -> Drawing | None:
    """Ask for the validation loss of a run that is planned; what its history knows of it is the answer.

    None where the classes that are told apart, and so the loss of a guess, are not known before.
    """
    count = len(config.classes) or CLASSES.get(config.task, 0)
    if not count:
        return None
    guess = math.log(count)
    apart = -(-config.epochs // MOST_EPOCHS)
    places = (*range(0, config.epochs, apart), config.epochs)
    high = 1.2 * guess
    answer, because = _read_losses(history, places) if history else (None, "")
    return Drawing(
        name="validation",
        text=(
            f"Where will the validation loss go in {counted(config.epochs, 'epoch')}? Draw it. The dot is "
            f"what a guess among {count} classes costs: ln {count} = {guess:.3g}."
        ),
        hints=[
            "A fresh network does little better than a guess. When does it learn most: early or late?",
            f"One epoch is {counted(-(-config.samples // config.batch_size), 'step')}: so often do all "
            "weights change before the first value after the dot.",
        ],
        answer=answer,
        because=because,
        why="Why does the curve bend where it does?",
        across=Axis("epoch", 0, config.epochs),
        up=Axis("validation loss", 0, high, "nats"),
        places=places,
        before=(guess,),
        before_title="A guess",
        tolerance=0.08,
    )


def _read_losses(history: History, places: Sequence[int]) -> tuple[Curve, str]:
    """The validation losses at some epochs, NaN where there is none, and what those of a whole run say."""
    known = {
        int(epoch): float(loss)
        for epoch, loss in zip(history.epochs["epoch"], history.epochs["loss"], strict=True)
        if np.isfinite(loss)
    }
    answer = tuple(known.get(place, math.nan) for place in places)
    if not history.reason or not known:
        return answer, ""
    best, last = min(known, key=known.__getitem__), max(known)
    first = min(known)
    said = f"After epoch {first} it is {sentences.number(known[first])}"
    if last > first:
        said += f", after epoch {last} {sentences.number(known[last])}"
    if best < last:
        return answer, (
            f"{said}. It is lowest after epoch {best}, {sentences.number(known[best])}, and higher at the "
            "end: from there on, what is learned from the training examples no longer helps with others."
        )
    return answer, f"{said}. Each step follows the gradient, which is largest where most is still wrong."


def shown_code() -> list[Callable | type]:
    """The code that trains a network."""
    from dlviz.training.augmentation import augment
    from dlviz.training.loop import train
    from dlviz.training.schedules import Schedule
    from dlviz.training.trainer_state import Learner

    return [train, Learner.learn, Learner.end_epoch, Schedule, augment]


def _first_loss(run: LiveRun, history: History) -> Choice | None:
    """The first loss against that of a uniform guess."""
    classes = run.start.get("classes")
    if not len(history.batches["loss"]) or not isinstance(classes, list) or len(classes) < 2:
        return None
    guess, first = float(np.log(len(classes))), float(history.batches["loss"][0])
    options = sorted({round(value, 2) for value in (0.1, guess, 2 * guess, len(classes))})
    nearest = min(options, key=lambda value: abs(value - first))
    return Choice(
        name="first",
        text=f"A fresh network guesses among {len(classes)} classes. Near what was this run’s first loss?",
        options=[f"{value:g}" for value in options],
        answer=f"{nearest:g}",
        hints=[
            "Look where the loss curve begins.",
            "The cross-entropy of a guess is ln of the number of classes.",
        ],
        because=f"Its first batch cost {sentences.number(first)} nats, and ln {len(classes)} is {guess:.3g}.",
    )


def _steps(run: LiveRun, history: History) -> Choice | None:
    """Steps of an epoch; of own data there may be fewer examples than the config allows."""
    samples = run.start.get("samples")
    if not history.steps_per_epoch or not isinstance(samples, int):
        return None
    config, right = run.config, history.steps_per_epoch
    options = sorted({right, config.batch_size, samples, right * config.epochs})
    return Choice(
        name="steps",
        text=(
            f"{counted(samples, 'example')} in batches of {config.batch_size}: how many steps make one epoch?"
        ),
        options=[f"{option:,}" for option in options],
        answer=f"{right:,}",
        hints=[
            "Every example once, so many at a time; what is left over makes a smaller batch.",
            "Divide the examples by the batch size, and round up.",
        ],
        because=f"So an epoch has {counted(right, 'step')}, and the whole run {right * config.epochs:,}.",
    )


def _gap(history: History) -> Choice | None:
    """Training loss against validation loss."""
    held, known = history.epochs["loss"], history.epochs["known_loss"]
    if not len(held) or not np.isfinite(held[-1]):
        return None
    over_epoch, validation = float(history.epochs["train_loss"][-1]), float(held[-1])
    train = float(known[-1]) if np.isfinite(known[-1]) else over_epoch
    higher = "the validation loss" if validation > train else "the training loss"
    why = _explain_gap(train, over_epoch, validation)
    return Choice(
        name="gap",
        text="In the newest epoch, which is higher: the training loss or the validation loss?",
        options=["the training loss", "the validation loss"],
        answer=higher,
        hints=[
            "Compare the hollow and the filled circles at the end of the loss curve.",
            "Of the two circles in the newest epoch, the one further up is the higher loss.",
        ],
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
