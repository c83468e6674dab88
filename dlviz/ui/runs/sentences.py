"""Sentences on a run: what it is, where it stands, what it came to."""

from __future__ import annotations

import numpy as np

from dlviz.training.analysis.history import History, smoothed
from dlviz.training.config import TrainingConfig
from dlviz.training.runs.events import IMPORTED
from dlviz.training.runs.service import Status
from dlviz.ui.runs import vocabulary
from dlviz.ui.runs.live_run import Watched
from dlviz.ui.text_format.numbers import percent

OWN = ("drawings", "table")  # tasks whose examples are as many as there are
LOOKED_AT = 20  # batches from which the speed is taken


def summary(config: TrainingConfig, samples: int | None = None) -> str:
    """What is learned by what, in one line.

    Args:
        samples: that are learned from, where there may be fewer than the config allows.
    """
    most = "" if samples is not None or config.task not in OWN else "up to "
    parts = [
        vocabulary.TASKS[config.task],
        config.model + (" with batch norm" if config.batch_norm else ""),
        f"{most}{count(samples or config.samples, 'example')} in batches of {config.batch_size:,}",
        f"{vocabulary.OPTIMIZERS[config.optimizer]} at {config.learning_rate:.3g}",
        *(
            []
            if config.scheduler == "none"
            else [f"schedule: {vocabulary.SCHEDULERS[config.scheduler].lower()}"]
        ),
        count(config.epochs, "epoch"),
    ]
    return " · ".join(parts)


def made(run: Watched) -> str:
    """Name what made its weights, in one line; an imported network's ends with a full stop."""
    return f"{origin(run)}." if run.brought else origin(run)


def origin(run: Watched) -> str:
    """Name what made its weights, in one line without a full stop."""
    if run.brought:
        return f"{run.start['network']}. {IMPORTED}"
    samples = run.start.get("samples")
    return summary(run.config, samples if isinstance(samples, int) else None)


def when(run: Watched, step: int) -> str:
    """How far the network of a checkpoint had learned."""
    history = run.look()
    if run.brought:
        return "with the weights of the file"
    if history.restored and step == history.step and run.best:
        return f"after step {step:,}, with the weights of epoch {run.best['epoch']} back"
    return f"after step {step:,}" if step else "before its first step"


def count(number: int, what: str) -> str:
    """Such as “1 epoch” and “12,000 epochs”."""
    return f"{number:,} {what}" if number == 1 else f"{number:,} {what}s"


def duration(seconds: float) -> str:
    """Such as “0.31 s”, “1.5 s”, “42 s”, “3 min 20 s” and “1 h 5 min”."""
    if seconds < 0.95:
        return f"{seconds:.2g} s"
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def number(value: float) -> str:
    """Three significant digits; a dash for what is no number."""
    return f"{value:.3g}" if np.isfinite(value) else "–"


def latest(column: np.ndarray) -> float:
    """The newest value; NaN where there is none."""
    return float(column[-1]) if len(column) else float("nan")


def loss_now(history: History) -> float:
    """The smoothed loss of the newest batches."""
    return latest(smoothed(history.batches["loss"][-200:]))


def share(value: float) -> str:
    """An accuracy; a dash where there is none."""
    return percent(value) if np.isfinite(value) else "–"


def standing(status: Status, begun: bool = False) -> str:
    """A run that is not being trained: what holds it.

    Args:
        begun: whether it has learned something already.
    """
    if status.state != "waiting":
        return status.sentence
    if status.place == 1:
        then = "goes on" if begun else "begins"
        return f"Next in the queue ({count(status.queue, 'run')} in all): it {then} when a place is free."
    line = f"Waiting: number {status.place} of {status.queue} in the queue, whose learners take turns."
    return f"{line} It keeps what it has learned." if begun else line


def speed(history: History, batch_size: int) -> float:
    """Examples a second, over the newest batches; NaN before there are two."""
    seconds = history.batches["seconds"][-LOOKED_AT:]
    return batch_size / float(np.median(np.diff(seconds))) if len(seconds) > 1 else float("nan")


def seconds_left(history: History, config: TrainingConfig) -> float:
    """What the rest will take if it goes on like this; NaN before the first batches."""
    done, gone = history.step, latest(history.batches["seconds"])
    planned = history.steps_per_epoch * history.epochs_planned
    if done < 2:
        return float("nan")
    left = gone / done * (planned - done)
    return left if config.seconds is None else min(left, max(config.seconds - gone, 0))


def progress(history: History, config: TrainingConfig) -> tuple[float, str]:
    """How much of the run is done, and a line on it."""
    planned = max(history.steps_per_epoch * history.epochs_planned, 1)
    epoch = min((max(history.step - 1, 0)) // max(history.steps_per_epoch, 1) + 1, config.epochs)
    parts = [f"Epoch {epoch:,} of {config.epochs:,}", f"step {history.step:,} of {planned:,}"]
    if not history.reason:
        pace, left = speed(history, config.batch_size), seconds_left(history, config)
        if np.isfinite(pace):
            parts.append(f"{pace:,.0f} examples a second")
        if np.isfinite(left):
            parts.append(f"about {duration(left)} left")
    elif len(history.batches["seconds"]):
        parts.append(f"{duration(latest(history.batches['seconds']))} of training")
    return min(history.step / planned, 1.0), " · ".join(parts)


def outcome(history: History, config: TrainingConfig) -> str:
    """What a run that has ended came to: its best epoch, and what early stopping did."""
    epochs = history.epochs
    held = "loss" if np.isfinite(epochs["loss"]).any() else "test_loss"
    finite = np.flatnonzero(np.isfinite(epochs[held]))
    if not len(finite):
        return "No epoch was finished, so nothing was measured."
    best = finite[epochs[held][finite].argmin()]
    accuracy = epochs[held.replace("loss", "accuracy")][best]
    epoch = int(epochs["epoch"][best])
    if held == "test_loss":
        last = epochs["test_accuracy"][finite[-1]]
        return (
            f"After {count(int(epochs['epoch'][finite[-1]]), 'epoch')} it has {percent(float(last))} of the "
            "test data right. Nothing was chosen by them."
        )
    said = (
        f"Best: epoch {epoch}, with a validation loss of {number(float(epochs[held][best]))} and "
        f"{percent(float(accuracy))} right."
    )
    return f"{said} {_early(history, config, epoch)}".strip()


def _saved(epochs: int) -> str:
    return f"saved {count(epochs, 'epoch')} and " if epochs else ""


def _early(history: History, config: TrainingConfig, best: int) -> str:
    last = int(latest(history.epochs["epoch"]))
    if history.reason == "early":
        return (
            f"Early stopping ended the run after epoch {last}, {count(last - best, 'epoch')} without a "
            f"better one; it {_saved(config.epochs - last)}brought the weights of epoch {best} back."
        )
    if config.patience and history.reason == "done":
        return "Early stopping never had to act."
    if best < last:
        after = "epoch" if last - best == 1 else f"{last - best:,} epochs"
        return f"The {after} after it made it no better on what it had not seen."
    return ""
