"""The lab of gradients: how much of a loss arrives at each step back in time."""

from dlviz.ui import lesson
from dlviz.ui.labs.gradients import lab
from dlviz.ui.labs.gradients.state import LAB

lesson.opening(LAB)
lab.lab()
