"""The lab of self-attention: every step from tokens to output, in numbers."""

from dlviz.ui import lesson
from dlviz.ui.labs.attention import lab
from dlviz.ui.labs.attention.state import LAB

lesson.opening(LAB)
lab.lab()
