"""The CNN lab: a digit drawn now, and all of SimpleCNN at work on it."""

from dlviz.ui import lesson
from dlviz.ui.labs.cnn import lab
from dlviz.ui.labs.cnn.state import LAB

lesson.opening(LAB)
lab.lab()
