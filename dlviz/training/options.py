"""Options of a run: tasks with their networks, optimizers, schedules and devices."""

from collections.abc import Mapping

from dlviz.networks import NETWORKS, PICTURES, networks_of

__all__ = [
    "CLASS_COUNTS",
    "DEVICES",
    "GONE",
    "NETWORKS",
    "OPTIMIZERS",
    "PICTURES",
    "ROLLING",
    "SCHEDULERS",
    "SCHEDULE_SETTINGS",
    "TASKS",
    "TESTED",
    "applies",
    "has_forget_bias",
]

# The first network of a task is its usual one.
TASKS: Mapping[str, tuple[str, ...]] = {
    task: networks_of(task) for task in (*PICTURES, "reviews", "sentiment", "table", "text", "memory")
}
# Tasks that only earlier runs have -> why nothing can be learned from their data any more.
GONE = {
    "sentiment": "In an earlier version a grammar wrote sentences to learn from. Real sentences have taken "
    "their place: what learned from the grammar’s can be looked at, but not trained or measured again."
}
# Of the public pictures: some of these classes may be chosen, and a number of examples of each.
CLASS_COUNTS = {"digits": 10, "fashion": 10, "cifar10": 10}
# These have data of their own to be tested on, beside what is held out.
TESTED = ("digits", "fashion", "cifar10", "reviews", "sentiment")
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
# Schedule -> the settings that it has.
SCHEDULE_SETTINGS = {
    "StepLR": ("step_size", "gamma"),
    "MultiStep": ("milestones", "gamma"),
    "exponential": ("gamma",),
    "reduce-on-plateau": ("lr_patience", "gamma"),
    "warm-up": ("warm_up",),
}
ROLLING = ("momentum", "Nesterov")  # optimizers that have a momentum


def has_forget_bias(task: object, model: object) -> bool:
    """True if a run of this network on this task may choose the bias of its forget gates."""
    return task == "memory" and model in NETWORKS and NETWORKS[str(model)].layer == "LSTM"


def applies(settings: Mapping[str, object], name: str) -> bool:
    """True if a setting means something beside the others: a schedule's only where that is chosen."""
    if name == "momentum":
        return settings.get("optimizer") in ROLLING
    if name == "delay":
        return settings.get("task") == "memory"
    if name == "forget_bias":
        return has_forget_bias(settings.get("task"), settings.get("model"))
    of_schedules = {each for names in SCHEDULE_SETTINGS.values() for each in names}
    return name not in of_schedules or name in SCHEDULE_SETTINGS.get(str(settings.get("scheduler")), ())
