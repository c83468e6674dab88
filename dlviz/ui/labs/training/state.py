"""State of the Training lab: the settings of the next run, and what its four views show."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

from dlviz.networks import NETWORKS
from dlviz.training.analysis.history import AXES, WINDOW
from dlviz.training.config import LARGEST, LEAST, REAL, WHOLE, TrainingConfig
from dlviz.training.options import DEVICES, OPTIMIZERS, SCHEDULERS, TASKS
from dlviz.ui import fields
from dlviz.ui.batch_norm.state import BatchNormFields
from dlviz.ui.inputs.digit import TEST_DIGITS, DigitFields
from dlviz.ui.lab import Lab
from dlviz.ui.labs.training.compare.state import CompareFields
from dlviz.ui.labs.training.time_machine.state import TimeMachineFields, check_part
from dlviz.ui.runs.fields import run_id

VIEWS = {"train": "Train", "machine": "Time machine", "compare": "Compare", "mine": "My runs"}
PANELS = {
    "mistakes": "What it gets wrong",
    "confusion": "Confusion matrix",
    "histograms": "Weights and gradients",
    "step": "One step",
    "norm": "Batch norm",
    "test": "By class",
    "take": "Take away",
}
USUAL = TrainingConfig()
LONGEST_NUMBER = 24  # characters of a number that is typed: as many as an exact one may need
LARGEST_SIZE = 1024  # of a network
MOST_SMOOTHING = 200  # batches


def exact(value: float) -> str:
    """The shortest text that is read as this very number: with one digit less it would be another run."""
    return repr(value).removesuffix(".0")


def _check_typed(text: str) -> None:
    """Let through what could have been typed: the control itself says what is wrong with the number."""
    if len(text) > LONGEST_NUMBER or not text.isprintable():
        raise ValueError("no number")


def _real(low: float, high: float, default: float | None) -> Any:
    def read(text: str) -> float:
        value = float(text)
        if not low <= value <= high:
            raise ValueError(text)
        return value

    return fields.coded(default, read, exact)


def _setting(name: str) -> Any:
    """A numeric setting, with its bounds and its default in a `TrainingConfig`."""
    augmentation = USUAL.augmentation
    default = getattr(augmentation if hasattr(augmentation, name) else USUAL, name)
    if name in WHOLE:
        _, least, most = WHOLE[name]
        return fields.integer(least, most, default)
    _, least, most = REAL[name]
    return _real(least, most, default)


def _size() -> Any:
    return fields.integer(1, LARGEST_SIZE, None)


@dataclass(frozen=True)
class AugmentationFields:
    """Changes of the pictures, as `Augmentation` has them."""

    flip: float = _setting("flip")
    rotation: float = _setting("rotation")
    brightness: float = _setting("brightness")
    shift: float = _setting("shift")
    erasing: float = _setting("erasing")
    noise: float = _setting("noise")


@dataclass(frozen=True)
class SizeFields:
    """Sizes of the network; None is its usual one."""

    channels: int | None = _size()
    depth: int | None = _size()
    embed_dim: int | None = _size()
    embed_size: int | None = _size()
    heads: int | None = _size()
    hidden_dim: int | None = _size()
    hidden_size: int | None = _size()
    num_layers: int | None = _size()


@dataclass(frozen=True)
class SettingFields(AugmentationFields, SizeFields):
    """Settings of the next run, as the controls have them: they need not make a `TrainingConfig`.

    Args:
        learning_rate, milestones: as they were typed.
        clip, seconds, patience, dropout, forget_bias: None where the control is empty.
    """

    task: str = fields.choice(TASKS, USUAL.task)
    model: str = fields.choice([name for name, spec in NETWORKS.items() if spec.tasks], USUAL.model)
    samples: int = _setting("samples")
    epochs: int = _setting("epochs")
    batch_size: int = _setting("batch_size")
    learning_rate: str = fields.text("0.001", _check_typed)
    optimizer: str = fields.choice(OPTIMIZERS, USUAL.optimizer)
    momentum: float = _setting("momentum")
    weight_decay: float = _setting("weight_decay")
    clip: float | None = _real(LEAST, LARGEST, None)
    scheduler: str = fields.choice(SCHEDULERS, USUAL.scheduler)
    step_size: int = _setting("step_size")
    milestones: str = fields.text("2,4", _check_typed)
    gamma: float = _setting("gamma")
    lr_patience: int = _setting("lr_patience")
    warm_up: int = _setting("warm_up")
    patience: int | None = _setting("patience")
    seconds: float | None = _real(LEAST, LARGEST, None)
    test: bool = fields.flag()
    dropout: float | None = _setting("dropout")
    batch_norm: bool = fields.flag()
    label_smoothing: float = _setting("label_smoothing")
    seed: int = _setting("seed")
    device: str = fields.choice(DEVICES, USUAL.device)
    test_at_end: bool = fields.flag()
    delay: int = _setting("delay")
    forget_bias: float | None = _setting("forget_bias")


AUGMENTATIONS, SIZES, SETTINGS = (
    tuple(each.name for each in dataclasses.fields(group))
    for group in (AugmentationFields, SizeFields, SettingFields)
)


@dataclass(frozen=True)
class State(SettingFields, DigitFields, TimeMachineFields, CompareFields, BatchNormFields):
    """Settings of the next run, and the learner's choices in all four views.

    Args:
        run: id of the run that is looked at; empty while the next one is planned.
        panel: of what the run's network does.
        axis: of the curves, a key of `AXES`.
        smoothing: batches whose running median is drawn.
        norm_layer, norm_channel: the batch norm that is looked into, by its name, and a channel of it.
    """

    sample: int = fields.integer(-1, TEST_DIGITS - 1, 0)
    view: str = fields.choice(VIEWS, "train")
    run: str = run_id()
    panel: str = fields.choice(PANELS, "mistakes")
    axis: str = fields.choice(AXES, "step")
    smoothing: int = fields.integer(1, MOST_SMOOTHING, WINDOW)
    norm_layer: str = fields.text("", check_part)
    norm_channel: int = fields.integer(0, LARGEST_SIZE - 1, 0)


LAB = Lab("training", State)
