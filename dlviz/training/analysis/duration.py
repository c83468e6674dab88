"""Duration of a run, measured on its first steps."""

import time
from dataclasses import dataclass, replace

from dlviz.training.config import TrainingConfig
from dlviz.training.measuring import BATCH
from dlviz.training.tasks import Task
from dlviz.training.trainer_state import KNOWN, Learner

STEPS = 10


@dataclass(frozen=True)
class Prediction:
    """Size and duration of a run before it begins.

    Args:
        parameters: of its network.
        steps: batches an epoch.
        seconds: of the whole run here and now, measurements of every epoch included.
    """

    parameters: int
    steps: int
    seconds: float


def predict(config: TrainingConfig, task: Task) -> Prediction:
    """Predict the duration of a run: train on ten batches, evaluate one, and multiply.

    Args:
        task: of the config; its data need be here.
    Raises: BadTask if the machine has not the config's device.
    """
    learner = Learner(replace(config, seconds=None), task)
    rows = learner.order()[: STEPS + 1]
    learner.learn(rows[0])  # a process's first step costs more than any other
    timed = rows[1:] or rows
    start = time.perf_counter()
    for batch in timed:
        learner.learn(batch)
    step = (time.perf_counter() - start) / len(timed)
    measuring = _seconds_to_measure(learner, task)
    seconds = config.epochs * (learner.steps * step + measuring)
    parameters = sum(parameter.numel() for parameter in learner.model.parameters())
    return Prediction(parameters, learner.steps, min(seconds, config.seconds or seconds))


def _seconds_to_measure(learner: Learner, task: Task) -> float:
    """Seconds of the evaluation after an epoch, from one batch of it."""
    looks = iter([False])
    start = time.perf_counter()
    learner.measure(lambda: next(looks, True))
    examples = len(task.measured) + min(len(task.training), KNOWN)
    return (time.perf_counter() - start) * max(examples / BATCH, 1)
