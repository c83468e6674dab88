"""Sentences on a run: what it is, where it stands, what it came to."""

from __future__ import annotations

import numpy as np

from dlviz.training.analysis.history import History, smoothed
from dlviz.training.config import TrainingConfig
from dlviz.training.runs.events import IMPORTED
from dlviz.training.runs.launcher import Machine
from dlviz.training.runs.service import Status
from dlviz.ui.runs import vocabulary
from dlviz.ui.runs.live_run import LiveRun
from dlviz.ui.text_format import numbers
from dlviz.ui.text_format.numbers import percent

OWN = ("drawings", "table")  # tasks whose examples are as many as there are
WINDOW = 20  # batches from which the speed is taken


def summary(config: TrainingConfig, samples: int | None = None) -> str:
    """Summarise a config in one line: the task, the network, and how it is trained.

    Args:
        samples: that are learned from, where there may be fewer than the config allows.
    """
    parts = [
        vocabulary.TASKS[config.task],
        *([f"classes {vocabulary.format_value(config.classes)} alone"] if config.classes else []),
        *([] if config.shuffle is None else ["patches shuffled"]),
        *([f"{count(config.delay, 'step')} of noise"] if config.task == "memory" else []),
        config.model + (" with batch norm" if config.batch_norm else ""),
        *([] if config.forget_bias is None else [f"forget bias {config.forget_bias:g}"]),
        training(config, samples),
    ]
    return " · ".join(parts)


def training(config: TrainingConfig, samples: int | None = None) -> str:
    """Summarise in one line how a network is trained, as `summary` does."""
    most = "" if samples is not None or config.task not in OWN else "up to "
    examples = f"{most}{count(samples or config.samples, 'example')}"
    if config.per_class:
        examples = f"{count(config.per_class, 'example')} of each class"
    parts = [
        f"{examples} in batches of {config.batch_size:,}",
        f"{vocabulary.OPTIMIZERS[config.optimizer]} at {config.learning_rate:.3g}",
        *([] if config.scheduler == "none" else [f"schedule: {vocabulary.SCHEDULERS[config.scheduler]}"]),
        count(config.epochs, "epoch"),
        *([f"from the trained layers of {config.start}"] if config.start else []),
        *([f"frozen before {config.unfreeze_from}"] if config.unfreeze_from else []),
        *([f"the head alone for {count(config.head_epochs, 'epoch')}"] if config.head_epochs else []),
    ]
    return " · ".join(parts)


def title(run: LiveRun) -> str:
    """Name what made its weights, in one line; an imported network's ends with a full stop."""
    return f"{provenance(run)}." if run.imported else provenance(run)


def provenance(run: LiveRun) -> str:
    """Name what made its weights, in one line without a full stop."""
    if run.imported:
        return f"{run.start['network']}. {IMPORTED}"
    samples = run.start.get("samples")
    return summary(run.config, samples if isinstance(samples, int) else None)


def training_so_far(run: LiveRun, step: int) -> str:
    """Say after which step the network of a checkpoint is, such as “after step 640”."""
    history = run.history()
    if run.imported:
        return "with the weights of the file"
    if history.restored and step == history.step and run.best_epoch:
        return f"after step {step:,}, with the weights of epoch {run.best_epoch['epoch']} back"
    return f"after step {step:,}" if step else "before its first step"


def count(number: int, what: str) -> str:
    """A number with its noun, such as “1 epoch” and “12,000 epochs”."""
    return f"{number:,} {what}" if number == 1 else f"{number:,} {what}s"


def duration(seconds: float) -> str:
    """A duration in seconds as text, such as “0.31 s”, “1.5 s”, “42 s”, “3 min 20 s” and “1 h 5 min”."""
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
    """A number as text of three significant digits; a dash for what is no number."""
    return numbers.number(value) if np.isfinite(value) else "–"


def latest(column: np.ndarray) -> float:
    """The newest value of a column (n,); NaN where there is none."""
    return float(column[-1]) if len(column) else float("nan")


def smoothed_loss(history: History) -> float:
    """The median loss of the newest batches, of one epoch at the most."""
    return latest(smoothed(history.batches["loss"][-200:], history.window()))


def training_place(machine: str, machines: list[Machine]) -> str:
    """Say which machine trains a run, and how many places are free.

    Args:
        machine: its name; empty for the server's own.
        machines: of the cluster, none while it cannot be reached; those that train nothing do not count.
    """
    fit = [each for each in machines if not each.problem]
    free, places = (sum(getattr(each, name) for each in fit) for name in ("free", "places"))
    where = machine or "the server’s own machine"
    if not fit:
        return f"Trained on {where}."
    return f"Trained on {where}; {free} of {count(places, 'place')} on {count(len(fit), 'machine')} free."


def holdup(status: Status, begun: bool = False, problem: str = "") -> str:
    """Say why a run is not being trained at the moment.

    Args:
        begun: it has learned something already.
        problem: a sentence on why the cluster trains nothing; empty if it does.
    """
    if status.state != "waiting":
        return status.sentence
    if problem:
        return f"{problem} The run waits until the cluster can train it."
    if status.place == 1:
        then = "goes on" if begun else "begins"
        return f"Next in the queue ({count(status.queue, 'run')} in all): it {then} when a place is free."
    line = "Waiting for its turn at another server."
    if status.place:
        line = f"Waiting: number {status.place} of {status.queue} in the queue. Learners take turns."
    return f"{line} It keeps what it has learned." if begun else line


def examples_per_second(history: History, batch_size: int) -> float:
    """Examples a second over the newest batches; NaN before there are two."""
    seconds = history.batches["seconds"][-WINDOW:]
    return batch_size / float(np.median(np.diff(seconds))) if len(seconds) > 1 else float("nan")


def seconds_left(history: History, config: TrainingConfig) -> float:
    """Seconds that the rest will take if it goes on like this; NaN before the first batches."""
    done, elapsed = history.step, latest(history.batches["seconds"])
    planned = history.steps_per_epoch * history.epochs_planned
    if done < 2:
        return float("nan")
    left = elapsed / done * (planned - done)
    return left if config.seconds is None else min(left, max(config.seconds - elapsed, 0))


def progress(history: History, config: TrainingConfig) -> tuple[float, str]:
    """The share of the run that is done, and a line on it."""
    planned = max(history.steps_per_epoch * history.epochs_planned, 1)
    epoch = min((max(history.step - 1, 0)) // max(history.steps_per_epoch, 1) + 1, config.epochs)
    parts = [f"Epoch {epoch:,} of {config.epochs:,}", f"step {history.step:,} of {planned:,}"]
    if not history.reason:
        speed, left = examples_per_second(history, config.batch_size), seconds_left(history, config)
        if np.isfinite(speed):
            parts.append(f"{speed:,.0f} examples a second while it learns")
        if np.isfinite(left):
            parts.append(f"about {duration(left)} left, measuring included")
    elif len(history.batches["seconds"]):
        parts.append(f"{duration(latest(history.batches['seconds']))} of training")
    return min(history.step / planned, 1.0), " · ".join(parts)


def outcome(history: History, config: TrainingConfig) -> str:
    """Sum up a run that has ended: its best epoch, and what early stopping did."""
    epochs = history.epochs
    loss, accuracy = (
        ("loss", "accuracy") if np.isfinite(epochs["loss"]).any() else ("test_loss", "test_accuracy")
    )
    finite = np.flatnonzero(np.isfinite(epochs[loss]))
    if not len(finite):
        return "No epoch was finished, so nothing was measured."
    if loss == "test_loss":
        last, epoch = epochs[accuracy][finite[-1]], int(epochs["epoch"][finite[-1]])
        cut = _is_cut(history, finite[-1])
        learned = f"{_name_epoch(history, finite[-1])}," if cut else count(epoch, "epoch")
        return (
            f"After {learned} it has {percent(float(last))} of the test data right. Nothing was chosen by "
            "them."
        )
    best = finite[epochs[loss][finite].argmin()]
    epoch = int(epochs["epoch"][best])
    result = (
        f"Best: {_name_epoch(history, best)}, with a validation loss of {number(float(epochs[loss][best]))} "
        f"and {percent(float(epochs[accuracy][best]))} right."
    )
    return f"{result} {_early_stopping(history, config, epoch)}".strip()


def _is_cut(history: History, at: int) -> bool:
    """True if the time was up in the middle of an epoch, given by its place among those measured."""
    return int(history.epochs["step"][at]) < int(history.epochs["epoch"][at]) * history.steps_per_epoch


def _name_epoch(history: History, at: int) -> str:
    """Name a measured epoch by its number; one that was cut, by its last step too."""
    epoch, step = (int(history.epochs[name][at]) for name in ("epoch", "step"))
    return f"step {step:,}, in the middle of epoch {epoch}" if _is_cut(history, at) else f"epoch {epoch}"


def _early_stopping(history: History, config: TrainingConfig, best: int) -> str:
    last = int(latest(history.epochs["epoch"]))
    if history.reason == "early":
        saved = f"saved {count(config.epochs - last, 'epoch')} and " if config.epochs > last else ""
        return (
            f"Early stopping ended the run after epoch {last}, {count(last - best, 'epoch')} without a "
            f"better one; it {saved}brought the weights of epoch {best} back."
        )
    if config.patience and history.reason == "done":
        return "Early stopping never had to act."
    if best == last:
        return ""
    after = "epoch" if last - best == 1 else f"{last - best:,} epochs"
    if _is_cut(history, -1):
        after = "part of an epoch" if last - best == 1 else f"{last - best - 1:,} epochs and a part of one"
    at = int(np.flatnonzero(history.epochs["epoch"] == best)[-1])
    accuracies = history.epochs["accuracy"][at:]
    highest = at + int(np.nanargmax(accuracies))
    if highest == at:
        return f"The {after} after it brought neither a lower loss nor more right answers."
    right = percent(float(history.epochs["accuracy"][highest]))
    return (
        f"The {after} after it brought no lower loss, though more answers were right ({right} after epoch "
        f"{int(history.epochs['epoch'][highest])})."
    )
