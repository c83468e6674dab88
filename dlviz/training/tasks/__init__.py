"""Tasks that a run learns: data, the part that is held out, and the network that fits."""

from dlviz.training.tasks.examples import BadTask, Examples, Task
from dlviz.training.tasks.own import Drawings, Own
from dlviz.training.tasks.preparation import bytes_to_download, fetch, prepare

__all__ = ["BadTask", "Drawings", "Examples", "Own", "Task", "bytes_to_download", "fetch", "prepare"]
