"""What a learner has chosen in the Training lab; all of it is in the page's address."""

from __future__ import annotations

from dataclasses import fields

import streamlit as st

from dlviz.training.analysis.history import AXES
from dlviz.training.config import LARGEST, LEAST, REAL, WHOLE, Augmentation, TrainingConfig
from dlviz.training.options import DEVICES, NETWORKS, OPTIMIZERS, SCHEDULERS, TASKS
from dlviz.ui.components import address
from dlviz.ui.inputs import digit
from dlviz.ui.labs.training.compare import state as compare_fields
from dlviz.ui.labs.training.time_machine import state as machine_state
from dlviz.ui.runs.fields import RUN_FIELD

LAB = "training"
VIEWS = {"train": "Train", "machine": "Time machine", "compare": "Compare", "mine": "My runs"}
PANELS = {
    "mistakes": "What it gets wrong",
    "confusion": "Confusion matrix",
    "histograms": "Weights and gradients",
    "take": "Take away",
}
USUAL = TrainingConfig()
AUGMENTATIONS = tuple(each.name for each in fields(Augmentation))
LONGEST = 24  # characters of a number that is typed: as many as an exact one may need
SIZES = sorted({name for network in NETWORKS.values() for name in network.sizes})


def exact(value: float) -> str:
    """The shortest text that is read as this very number: with one digit less it would be another run."""
    return repr(value).removesuffix(".0")


def _typed(text: str) -> str:
    """What was typed into a field for a number: the field itself says what is wrong with it."""
    if len(text) > LONGEST or not text.isprintable():
        raise ValueError("no number")
    return text


def _whole(low: int, high: int, default: int | None) -> address.Field:
    read = address.integer(low, high, 0).read
    return address.Field(default, read)


def _real(low: float, high: float, default: float | None) -> address.Field:
    def read(text: str) -> float:
        value = float(text)
        if not low <= value <= high:
            raise ValueError(text)
        return value

    return address.Field(default, read, exact)


def _numbers() -> dict[str, address.Field]:
    whole = {name: _whole(low, high, getattr(USUAL, name)) for name, (_, low, high) in WHOLE.items()}
    real = {
        name: _real(low, high, getattr(USUAL.augmentation if name in AUGMENTATIONS else USUAL, name))
        for name, (_, low, high) in REAL.items()
    }
    sizes = {name: _whole(1, 1024, None) for name in SIZES}
    return {**whole, **real, **sizes}


SETTINGS: dict[str, address.Field] = {
    "task": address.choice(list(TASKS), USUAL.task),
    "model": address.choice(list(NETWORKS), USUAL.model),
    "optimizer": address.choice(OPTIMIZERS, USUAL.optimizer),
    "scheduler": address.choice(SCHEDULERS, USUAL.scheduler),
    "learning_rate": address.Field("0.001", _typed),
    "milestones": address.Field("2,4", _typed),
    **{name: _real(LEAST, LARGEST, None) for name in ("clip", "seconds")},
    "device": address.choice(DEVICES, USUAL.device),
    "batch_norm": address.flag(),
    "test": address.flag(),
    **_numbers(),
}
FIELDS: address.Fields = {
    **SETTINGS,
    **digit.fields(0),
    **machine_state.FIELDS,
    "view": address.choice(list(VIEWS), "train"),
    "run": RUN_FIELD,
    "panel": address.choice(list(PANELS), "mistakes"),
    "axis": address.choice(list(AXES), "step"),
    **compare_fields.FIELDS,
}


def get(name: str):
    """A field's value."""
    return st.session_state[f"{LAB}.{name}"]


def put(name: str, value: object) -> None:
    """Change a field's value (before the widget that shows it has been drawn)."""
    st.session_state[f"{LAB}.{name}"] = value
