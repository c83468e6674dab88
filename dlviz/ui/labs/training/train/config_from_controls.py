"""From what is chosen in the controls to a config, and back."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from dlviz.training.config import Augmentation, BadSetting, TrainingConfig, lesson
from dlviz.training.options import DEVICES, NETWORKS, PICTURES, TASKS, TESTED
from dlviz.ui.labs.training.state import AUGMENTATIONS, SETTINGS, SIZES, exact, get, put

# How many examples a run of about a minute learns from, over how many epochs, in batches of how many.
SHORT = {
    "digits": (12_000, 5, 64),
    "fashion": (10_000, 5, 64),
    "drawings": (2_000, 20, 4),
    "cifar10": (5_000, 5, 64),
    "sentiment": (6_000, 4, 64),
    "table": (6_000, 10, 16),
    "text": (1_500, 4, 16),
}


def config() -> TrainingConfig:
    """What the controls say. Raises: as `TrainingConfig`."""
    choice, task = NETWORKS[get("model")], get("task")
    plain = [name for name in SETTINGS if name not in {*AUGMENTATIONS, *SIZES, "batch_norm", "dropout"}]
    values = {name: get(name) for name in plain}
    values |= {
        "learning_rate": _rate(get("learning_rate")),
        "milestones": _milestones(get("milestones")),
        "test": get("test") and task in TESTED,
        "sizes": {name: get(name) for name in choice.sizes if get(name) is not None},
        "batch_norm": get("batch_norm") and choice.batch_norm,
        "dropout": get("dropout") if choice.dropout else None,
    }
    if task in PICTURES:
        values["augmentation"] = Augmentation(**{name: get(name) for name in AUGMENTATIONS})
    return TrainingConfig(**values)


def _rate(text: str) -> float:
    try:
        return float(text.replace(",", "."))
    except ValueError:
        raise BadSetting(
            "The learning rate must be a number above 0, such as 0.001 or 1e-3.", "learning_rate"
        ) from None


def _milestones(text: str) -> tuple[int, ...]:
    parts = text.replace(",", " ").split()
    if not all(part.isascii() and part.isdigit() for part in parts):
        raise BadSetting("The schedule's milestones are epochs, such as 2, 4.", "milestones")
    return tuple(map(int, parts))


def use(wanted: TrainingConfig) -> None:
    """Set the controls to a config."""
    for name, field in SETTINGS.items():
        if name in AUGMENTATIONS:
            put(name, getattr(wanted.augmentation, name))
        elif name in SIZES:
            put(name, wanted.sizes.get(name))
        elif name == "milestones":
            put(name, ",".join(map(str, wanted.milestones)))  # never longer than what was typed
        elif name == "learning_rate":
            put(name, exact(wanted.learning_rate))
        else:
            put(name, getattr(wanted, name, field.default))


@cache
def devices() -> tuple[str, ...]:
    """What this machine can compute on."""
    import torch

    return DEVICES if torch.cuda.is_available() else DEVICES[:1]


def use_lesson() -> None:
    """Set the controls to the lesson's full recipe, on a graphics card if there is one."""
    use(replace(lesson(), device=devices()[-1]))


def task_chosen() -> None:
    """Another task: a network that fits it, and as many examples as make a short run."""
    fit()
    for name, value in zip(("samples", "epochs", "batch_size"), SHORT[get("task")], strict=True):
        put(name, value)
    put("test", False)


def fit() -> None:
    """A network of the task's own, and a device of this machine, where a link says others."""
    networks = TASKS[get("task")]
    if get("model") not in networks:
        put("model", networks[0])
    if get("device") not in devices():
        put("device", devices()[0])
