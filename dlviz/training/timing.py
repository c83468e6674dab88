"""How long a run will take: ten of its steps and a few measurements, tried out in a process of their own.

python -m dlviz.training.timing  (reads a config a line on standard input, answers each with a line of JSON)
"""

import json
import os
import sys
import time
from dataclasses import asdict, dataclass, replace
from itertools import pairwise

from dlviz.training.config import TrainingConfig

STEPS = 10  # tried, after two that set things up
BATCHES = 3  # measured, after one that sets things up
# Tasks whose data a learner brings: tried out with others of the same size.
STAND_INS = {"drawings": "digits", "table": "sentiment"}


@dataclass(frozen=True)
class Timing:
    """What has been tried.

    Args:
        parameters: of the network.
        steps: batches an epoch.
        step, measuring: seconds of one batch, and of measuring after an epoch.
    """

    parameters: int
    steps: int
    step: float
    measuring: float

    def seconds(self, epochs: int) -> float:
        """What a run of so many epochs takes."""
        return epochs * (self.steps * self.step + self.measuring)


def usual(config: TrainingConfig) -> TrainingConfig:
    """The config without what changes nothing in how long a step takes."""
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
    """Try it out. Raises: BadTask if the data cannot be learned from."""
    from dlviz.training.learner import Learner
    from dlviz.training.tasks import prepare

    learner = Learner(config, prepare(replace(config, task=STAND_INS.get(config.task, config.task))))
    facts = learner.facts()
    times = [time.perf_counter()]
    for rows in learner.order()[: STEPS + 2]:
        learner.learn(rows)
        times.append(time.perf_counter())
    return Timing(int(str(facts["parameters"])), learner.steps, _middle(times[2:]), _measuring(learner))


def _measuring(learner) -> float:
    times: list[float] = []

    def stopped() -> bool:
        times.append(time.perf_counter())
        return len(times) > BATCHES + 1

    learner.measure(stopped)
    from dlviz.training.measuring import BATCH

    return _middle(times[1:] if len(times) > 2 else times) * len(learner.task.measured.in_order(BATCH))


def _middle(times: list[float]) -> float:
    """The median of the seconds between; 0 where there is no between."""
    gaps = sorted(b - a for a, b in pairwise(times))
    return gaps[len(gaps) // 2] if gaps else 0.0


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
