"""How long runs will take, tried out in a process of their own.

python -m dlviz.training.timing  (reads a config a line on standard input, answers each with a line of JSON)
"""

import json
import os
import sys
from dataclasses import asdict, dataclass, replace

from dlviz.training.config import TrainingConfig

# Tasks whose data a learner brings: tried out with others of the same size.
STAND_INS = {"drawings": "digits", "table": "sentiment"}


@dataclass(frozen=True)
class Timing:
    """What has been tried.

    Args:
        parameters: of the network.
        steps: batches an epoch.
        seconds: of one epoch and its measurement.
    """

    parameters: int
    steps: int
    seconds: float

    def of(self, config: TrainingConfig) -> float:
        """The seconds that a run takes."""
        return min(config.epochs * self.seconds, config.seconds or float("inf"))


def usual(config: TrainingConfig) -> TrainingConfig:
    """The config without what changes nothing in how long an epoch takes."""
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
    )


def tried(config: TrainingConfig) -> Timing:
    """Try an epoch of it out. Raises: BadTask if the data cannot be learned from."""
    from dlviz.training.prediction import predict
    from dlviz.training.tasks import prepare

    task = prepare(replace(config, task=STAND_INS.get(config.task, config.task)))
    return Timing(**asdict(predict(replace(config, epochs=1, seconds=None), task)))


def main() -> None:
    """Answer until the input ends."""
    import torch

    if sys.platform != "win32":
        os.nice(10)
    torch.set_num_threads(1)
    for line in sys.stdin:
        try:
            answer = asdict(tried(TrainingConfig.from_json(line)))
        except (ValueError, RuntimeError) as error:
            answer = {"refused": str(error)}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
