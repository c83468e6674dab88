"""Small training runs to test on."""

from collections.abc import Iterable
from typing import Any

from dlviz.training.config import TrainingConfig
from dlviz.training.loop import train
from dlviz.training.state import State

SMALL: dict[str, Any] = {"model": "MLP", "samples": 96, "batch_size": 32, "epochs": 3, "dropout": 0.3}
UNTIMED = {"seconds", "samples_per_second", "processor_seconds", "state"}


def small(**changes: Any) -> TrainingConfig:
    """Three epochs of three batches of an MLP with dropout, changed as asked."""
    return TrainingConfig(**{**SMALL, **changes})


def events(config: TrainingConfig, **how: Any) -> list[dict[str, Any]]:
    """All events of a run."""
    return list(train(config, **how))


def of_kind(happened: Iterable[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    """The events of one kind."""
    return [event for event in happened if event["kind"] == kind]


def losses(happened: Iterable[dict[str, Any]]) -> list[float]:
    """The loss of every batch."""
    return [event["loss"] for event in of_kind(happened, "batch")]


def states(happened: Iterable[dict[str, Any]]) -> list[State]:
    """The states of every checkpoint."""
    return [event["state"] for event in of_kind(happened, "checkpoint")]


class Script:
    """Commands that come at given looks, counted from 1; a wait counts nothing."""

    def __init__(self, commands: dict[int, list[dict[str, object]]]) -> None:
        self.at, self.looks, self.waits = commands, 0, 0

    def commands(self) -> list[dict[str, object]]:
        self.looks += 1
        return self.at.get(self.looks, [])

    def wait(self, seconds: float) -> None:
        assert 0 < seconds <= 1
        self.waits += 1


def timeless(happened: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The events without what a clock has measured."""
    return [{key: value for key, value in event.items() if key not in UNTIMED} for event in happened]
