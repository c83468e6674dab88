"""Tasks that a run learns: data, the part that is held out, and the network that fits."""

from dlviz.training.tasks.examples import BadTask, Examples, Task
from dlviz.training.tasks.own import Drawings, Own
from dlviz.training.tasks.preparation import fetch, prepare

__all__ = ["BadTask", "Drawings", "Examples", "Own", "Task", "fetch", "prepare"]
