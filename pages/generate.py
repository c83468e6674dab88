"""The lab of text generation: a character LSTM writes, and shows what it drew from."""

from dlviz.ui import lesson
from dlviz.ui.labs.generate import lab
from dlviz.ui.labs.generate.state import LAB

lesson.opening(LAB)
lab.lab()
