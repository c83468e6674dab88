"""A training without a network, which behaves as the loop does: for tests of what is around it.

python -m tests.training_runs.tiny_training
"""

import json
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from dlviz.training.runs import worker
from dlviz.training.runs.events import Event
from dlviz.training.runs.store import CONFIG


class BadState(RuntimeError):
    """The checkpoint is damaged."""


@dataclass(frozen=True)
class State:
    """Where the training stands; `loss` depends on all steps before."""

    step: int
    loss: float
    rate: float
    lean_one: bool = False

    def save(self, path: Path) -> None:
        path.write_text(json.dumps(asdict(self)))

    def lean(self) -> "State":
        return replace(self, lean_one=True)

    @classmethod
    def load(cls, path: Path) -> "State":
        try:
            state = cls(**json.loads(path.read_text()))
        except (OSError, ValueError) as error:
            raise BadState(path.name) from error
        if state.lean_one:
            raise BadState(path.name)
        return state


@dataclass(frozen=True)
class Config:
    """How many steps, seconds for each, and steps from one checkpoint to the next."""

    steps: int = 20
    seconds: float = 0.0
    every: int = 5
    fault: str = ""  # what goes wrong at step 7
    device: str = "cpu"  # what it asks for; nothing is computed there

    def __post_init__(self) -> None:
        if self.steps < 1:
            raise ValueError("There must be a step.")

    def to_json(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def read(cls, folder: Path) -> "Config":
        return cls(**json.loads((folder / CONFIG).read_text()))


def train(config: Config, steering, start: State | None = None) -> Iterator[Event]:
    """Events as the loop's, of a loss that follows a recurrence."""
    at = start or State(0, 1.0, 0.1)
    if start is None:
        yield {"kind": "start", "epochs": 1}
    while at.step < config.steps:
        at = yield from _steered(at, steering)
        if at.step < 0:
            return
        time.sleep(config.seconds)
        at = replace(at, step=at.step + 1, loss=3.7 * at.loss * (1 - at.loss / 2) - at.rate / 100)
        if at.step == 7 and config.fault:
            raise {"memory": MemoryError(), "data": ValueError("Row 3 has no label."), "bug": KeyError("x")}[
                config.fault
            ]
        yield {"kind": "batch", "step": at.step, "loss": at.loss}
        if at.step % config.every == 0:
            yield {"kind": "checkpoint", "step": at.step, "epoch": 1, "state": at}
    yield {"kind": "end", "reason": "done", "step": at.step, "sentence": "All steps are done."}


def _steered(at: State, steering) -> Iterator[Event]:
    """Obey; the state of step -1 after a stop."""
    paused = False
    while True:
        for command in steering.commands():
            if command["do"] == "stop":
                yield {"kind": "checkpoint", "step": at.step, "epoch": 1, "state": at}
                yield {"kind": "end", "reason": "stopped", "step": at.step, "sentence": "Stopped."}
                return replace(at, step=-1)
            if command["do"] == "rate":
                yield {"kind": "rate", "step": at.step, "old": at.rate, "new": command["value"]}
                at = replace(at, rate=command["value"])
            elif paused != (command["do"] == "pause"):
                paused = not paused
                yield {"kind": "paused" if paused else "resumed", "step": at.step}
        if not paused:
            return at
        steering.wait(1.0)


TRAINER = worker.Trainer(Config.read, State.load, train, BadState, (ValueError,))

if __name__ == "__main__":
    worker.main(lambda: TRAINER)
