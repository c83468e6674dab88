"""From the settings that the controls hold to a config, and back."""

from __future__ import annotations

from dataclasses import asdict, replace
from functools import cache

from dlviz.data.typed_numbers import BadNumber, read_number, read_whole_numbers
from dlviz.networks import NETWORKS
from dlviz.training.config import Augmentation, BadSetting, TrainingConfig, lesson
from dlviz.training.options import DEVICES, PICTURES, TASKS, TESTED, has_forget_bias
from dlviz.training.runs import service
from dlviz.ui.labs.training.state import (
    AUGMENTATIONS,
    LAB,
    SETTINGS,
    SIZES,
    USUAL,
    SettingFields,
    State,
    exact,
)

# Task -> examples, epochs and batch size of a run of about a minute.
SHORT_RUNS = {
    "digits": (12_000, 5, 64),
    "fashion": (10_000, 5, 64),
    "drawings": (2_000, 20, 4),
    "cifar10": (5_000, 5, 64),
    "reviews": (12_000, 3, 64),
    "table": (6_000, 10, 16),
    "text": (1_500, 4, 16),
    "memory": (6_400, 10, 64),
}
RATES = {"reviews": "0.003", "memory": "0.002"}  # of a short run, where the usual one is too small
LEARNABLE_BIAS = 3.0  # of an LSTM: as drawn, it learns nothing of 20 steps of noise (measured)
USUAL_RATE = "0.001"
# Settings without controls here: of runs of the Transfer learning lab, and of the Race.
ELSEWHERE = (
    "classes",
    "per_class",
    "draw",
    "passes",
    "start",
    "unfreeze_from",
    "head_epochs",
    "shuffle",
    "whole_test",
)
PLAIN = [name for name in SETTINGS if name not in {*AUGMENTATIONS, *SIZES}]  # as in a config


def config(settings: SettingFields) -> TrainingConfig:
    """The config that the settings make; those that the task or the network does not know are left out.

    Raises: as `TrainingConfig`.
    """
    network, sizes = NETWORKS[settings.model], {}
    for name in network.sizes:
        if (size := getattr(settings, name)) is not None:
            sizes[name] = size
    values = {name: getattr(settings, name) for name in PLAIN}
    values |= {
        "learning_rate": _learning_rate(settings.learning_rate),
        "milestones": _milestones(settings.milestones),
        "test": settings.test and settings.task in TESTED,
        "test_at_end": settings.test_at_end and settings.task in TESTED and not settings.test,
        "sizes": sizes,
        "batch_norm": settings.batch_norm and network.batch_norm,
        "dropout": settings.dropout if network.dropout else None,
        "delay": settings.delay if settings.task == "memory" else SettingFields.delay,
        "forget_bias": (settings.forget_bias if has_forget_bias(settings.task, settings.model) else None),
    }
    if settings.task in PICTURES:
        values["augmentation"] = Augmentation(**{name: getattr(settings, name) for name in AUGMENTATIONS})
    return TrainingConfig(**values)


def _learning_rate(text: str) -> float:
    try:
        return read_number(text)
    except BadNumber as problem:
        raise BadSetting(
            f"The learning rate must be a number above 0, such as 0.001 or 1e-3. {problem}.", "learning_rate"
        ) from problem


def _milestones(text: str) -> tuple[int, ...]:
    try:
        return tuple(read_whole_numbers(text))
    except BadNumber as problem:
        raise BadSetting("The schedule's milestones are epochs, such as 2, 4.", "milestones") from problem


def settings(config: TrainingConfig) -> dict[str, object]:
    """The settings that make a config, by their names."""
    return {
        **{name: getattr(config, name) for name in PLAIN},
        **asdict(config.augmentation),
        **{name: config.sizes.get(name) for name in SIZES},
        "learning_rate": exact(config.learning_rate),
        "milestones": ",".join(map(str, config.milestones)),  # never longer than what was typed
    }


def has_controls(config: TrainingConfig) -> bool:
    """True if the controls can make a config: they have none for what runs of other labs are about."""
    return replace(config, **{name: getattr(USUAL, name) for name in ELSEWHERE}) == config


def set_controls(config: TrainingConfig) -> None:
    """Set the controls to a config."""
    LAB.update(**settings(config))


def set_lesson_recipe() -> None:
    """Set the controls to the lesson's full recipe, on a graphics card if there is one."""
    set_controls(replace(lesson(), device=devices()[-1]))


def devices() -> tuple[str, ...]:
    """The devices of this machine, and of those of a cluster."""
    machines = service.shared().machines() or ()
    has_gpu = _has_gpu() or any(machine.gpus and not machine.problem for machine in machines)
    return DEVICES if has_gpu else DEVICES[:1]


def can_train_here(config: TrainingConfig) -> bool:
    """True if this machine has the device that a run asks for."""
    return config.device == USUAL.device or _has_gpu()


@cache
def _has_gpu() -> bool:
    import torch

    return torch.cuda.is_available()


def take_task() -> None:
    """Another task was chosen: take a network that fits it, and settings by which a short run learns it."""
    LAB.update(**short_run(fit_choices()))


def short_run(state: State) -> dict[str, object]:
    """Settings, by their names, of a short run of the task; a learning rate of the learner's own stays."""
    samples, epochs, batch_size = SHORT_RUNS[state.task]
    usual = state.learning_rate in (USUAL_RATE, *RATES.values())
    rate = RATES.get(state.task, USUAL_RATE) if usual else state.learning_rate
    return {
        "samples": samples,
        "epochs": epochs,
        "batch_size": batch_size,
        "learning_rate": rate,
        "forget_bias": LEARNABLE_BIAS if state.task == "memory" else None,
        "test": False,
    }


def fit_choices() -> State:
    """Replace a network that the task has not, and a device that no machine has; the state then."""
    state = LAB.read()
    changes = {}
    if state.model not in TASKS[state.task]:
        changes["model"] = TASKS[state.task][0]
    if state.device not in devices():
        changes["device"] = devices()[0]
    return LAB.update(**changes)
