"""Options of a run: tasks with their networks, optimizers, schedules and devices."""

from collections.abc import Mapping

from dlviz.networks import NETWORKS, PICTURES, networks_of

__all__ = ["DEVICES", "NETWORKS", "OPTIMIZERS", "PICTURES", "SCHEDULERS", "TASKS", "TESTED"]

# The first network of a task is its usual one.
TASKS: Mapping[str, tuple[str, ...]] = {
    task: networks_of(task) for task in (*PICTURES, "sentiment", "table", "text")
}
# These have data of their own to be tested on, beside what is held out.
TESTED = ("digits", "fashion", "cifar10", "sentiment")
OPTIMIZERS = ("SGD", "momentum", "Nesterov", "Adam", "AdamW", "RMSprop")
SCHEDULERS = (
    "none",
    "StepLR",
    "MultiStep",
    "exponential",
    "cosine",
    "one-cycle",
    "reduce-on-plateau",
    "warm-up",
)
DEVICES = ("cpu", "cuda")
