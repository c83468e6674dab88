"""Duration of runs, tried out in a process of their own.

python -m dlviz.training.analysis.timing

reads requests, as `request` writes them, line by line, and answers each with a line of JSON.
"""

import base64
import json
import os
import sys
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from dlviz.data.labelled import Labelled
from dlviz.training.config import TrainingConfig

if TYPE_CHECKING:
    from dlviz.training.tasks import Own


@dataclass(frozen=True)
class Timing:
    """Size and duration of an epoch that was tried out.

    Args:
        parameters: of the network.
        steps: batches an epoch.
        seconds: of one epoch and its measurement.
    """

    parameters: int
    steps: int
    seconds: float

    def steps_of(self, config: TrainingConfig) -> int:
        """Steps that a run of a config takes, about: a time budget may end it before its last epoch."""
        planned = config.epochs * self.steps
        return (
            planned
            if config.seconds is None
            else min(planned, round(config.seconds / self.seconds * self.steps))
        )

    def of(self, config: TrainingConfig) -> float:
        """Seconds that a run of a config takes."""
        return min(config.epochs * self.seconds, config.seconds or float("inf"))


def usual(config: TrainingConfig) -> TrainingConfig:
    """Reset all settings of a config that change nothing in how long an epoch takes."""
    plain = TrainingConfig()
    return replace(
        config,
        epochs=1,
        seconds=None,
        learning_rate=plain.learning_rate,
        momentum=plain.momentum,
        scheduler=plain.scheduler,
        patience=None,
        seed=0,
        label_smoothing=0.0,
        test_at_end=False,
    )


def request(config: TrainingConfig, own: "Own | None" = None) -> str:
    """Write a request in one line: a config, and a learner's own data where its task has such."""
    return json.dumps({"config": config.to_json(), "own": own and _own_as_json(own)})


def _own_as_json(own: "Own") -> dict[str, object]:
    if isinstance(own, Labelled):
        return asdict(own)
    return {"pictures": base64.b64encode(own.pictures.tobytes()).decode(), "labels": own.labels}


def _own_from_json(own: dict | None) -> "Own | None":
    from dlviz.training.tasks import Drawings

    if own is None:
        return None
    if "texts" in own:
        return Labelled(*(tuple(own[name]) for name in ("texts", "labels", "classes")))
    pictures = np.frombuffer(base64.b64decode(own["pictures"]), np.uint8).reshape(-1, 28, 28)
    return Drawings(pictures, tuple(own["labels"]))


def answer(line: str) -> Timing:
    """Try out a request. Raises: ValueError with a sentence if the data cannot be learned from."""
    asked = json.loads(line)
    return try_out(TrainingConfig.from_json(asked["config"]), _own_from_json(asked["own"]))


def try_out(config: TrainingConfig, own: "Own | None" = None) -> Timing:
    """Try out an epoch of a config. Raises: BadTask if the data cannot be learned from."""
    from dlviz.training.analysis.duration import predict
    from dlviz.training.tasks import prepare

    return Timing(**asdict(predict(replace(config, epochs=1, seconds=None), prepare(config, own))))


def main() -> None:
    """Answer requests until the input ends."""
    import torch

    if sys.platform != "win32":
        os.nice(10)
    torch.set_num_threads(1)
    for line in sys.stdin:
        try:
            reply = asdict(answer(line))
        except (ValueError, RuntimeError) as error:
            reply = {"refused": str(error)}
        sys.stdout.write(json.dumps(reply) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
