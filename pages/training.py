"""The Training lab: runs watched live, steered, and looked back on."""

from dlviz.ui import lesson
from dlviz.ui.labs.training import lab
from dlviz.ui.labs.training.state import LAB

lesson.opening(LAB)
lab.lab()
